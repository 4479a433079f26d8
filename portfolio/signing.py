"""Putting one's name to a statement: the password asked again, the facts' digest, the signature, its voiding."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence

from django.core.cache import cache
from django.utils import timezone

from portfolio import canonical
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import Centre, Signature, SignatureVoid, Statement, User
from portfolio.refusal import Refusal

TRIES = 5
WINDOW = datetime.timedelta(minutes=15)
DIGEST = re.compile(r"[0-9a-f]{64}")


def digest_of(facts: Mapping[str, JSON]) -> str:
    """What is signed: SHA-256 of the facts as canonical JSON. Raises TypeError for facts written in no certain way."""
    return canonical.digest(facts)


def current_statement(key: str, variant: str = "", centre_id: int | None = None) -> Statement:
    """The newest wording of a declaration for an awarding body, else the newest for all; where the centre has words of
    its own for the body, the newest of these.

    Raises Statement.DoesNotExist when the declaration was never loaded from fixtures/statements.json.
    """
    return current_statements([key], variant, centre_id)[0]


def current_statements(keys: Sequence[str], variant: str = "", centre_id: int | None = None) -> list[Statement]:
    """The same of several declarations, in their order, in one query."""
    wordings = Statement.objects.known_at(centre_id).filter(key__in=keys, variant__in={variant, ""})
    return [newest(wordings, key, variant) for key in keys]


def newest(wordings: Iterable[Statement], key: str, variant: str) -> Statement:
    """The same among wordings at hand: those of the house, and of one centre."""
    found = [one for one in wordings if one.key == key and one.variant in (variant, "")]
    if not found:
        raise Statement.DoesNotExist(f"No statement {key!r} is known: load fixtures/statements.json.")
    return max(found, key=lambda one: (one.centre_id is not None, one.variant, one.version))


def password_refusals(user: User, password: str) -> list[str]:
    """Why this password does not let the person sign, empty when it does.

    Five wrong ones within 15 minutes, then the door stays shut until the oldest of them is that old. The right one
    wipes them.
    """
    if not password:
        return ["Type your password: it is what makes this your signature."]
    tries = [f"signing:{user.pk}:{number}" for number in range(TRIES)]
    shut_until = _take_one(tries)
    if shut_until is not None:
        return [f"Too many wrong passwords. You can sign again from {timezone.localtime(shut_until):%H:%M}."]
    if not user.check_password(password):
        return ["That password is not right: it is the one you sign in with. Nothing was signed."]
    cache.delete_many(tries)
    return []


def _take_one(tries: list[str]) -> datetime.datetime | None:
    """Take one of the tries, each given back when its time is over. None, or when the next one is given back.

    It is taken before the password is looked at, so that many guesses made at once cannot outrun the count.
    """
    given_back = timezone.now() + WINDOW
    if any(cache.add(one, given_back.isoformat(), WINDOW.total_seconds()) for one in tries):
        return None
    ends = [datetime.datetime.fromisoformat(end) for end in cache.get_many(tries).values()]
    return min(ends, default=given_back)


def sign(
    *,
    by: User,
    role: Role,
    name: str,
    centre: Centre,
    statement: Statement,
    scheme: int,
    digest: str,
    at: datetime.datetime,
) -> Signature:
    """Keep that a person put their name, as printed, to a statement over the facts with this digest.

    The caller has asked for the password again and checked that the person holds the role. Raises ValueError for
    what is no digest.
    """
    return _kept(
        Signature(
            centre=centre,
            signer=by,
            signer_name=name,
            role=role,
            statement=statement,
            scheme=scheme,
            digest=digest,
            signed_at=at,
        )
    )


def sign_by_link(
    *,
    email: str,
    name: str,
    centre: Centre,
    statement: Statement,
    scheme: int,
    digest: str,
    at: datetime.datetime,
) -> Signature:
    """The same of somebody who has no sign-in: a witness, by the link that went to their address.

    The caller has read the link. What counts as a signature of staff or candidate never counts this one.
    """
    return _kept(
        Signature(
            centre=centre,
            signer_email=email,
            signer_name=name,
            statement=statement,
            scheme=scheme,
            digest=digest,
            signed_at=at,
        )
    )


def _kept(signature: Signature) -> Signature:
    if not DIGEST.fullmatch(signature.digest):
        raise ValueError(f"{signature.digest!r} is no SHA-256 digest.")
    signature.save()
    return signature


def void(*, signature: Signature, by: User, reason: str, at: datetime.datetime) -> SignatureVoid:
    """Keep that a signature no longer counts, and why. The signature stays. Raises Refusal without reason or twice."""
    if not reason.strip():
        raise Refusal(["Say why the signature no longer counts: the reason stays beside it."])
    if SignatureVoid.objects.filter(signature=signature).exists():
        raise Refusal(["This signature was voided already."])
    return SignatureVoid.objects.create(signature=signature, by=by, reason=reason.strip(), at=at)
