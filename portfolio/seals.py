"""Which seal a centre's issued forms carry: looked up when a form is made, and shown to whoever administers.

A form is sealed while the certificate is good. Afterwards, and without one, forms are issued unsealed: whether a form
is genuine is answered by its reference and its digest as ever, and no candidate waits for a certificate. Administrators
are told long before, and read it before they press.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import locking
from portfolio.canonical import JSON
from portfolio.models import Centre, Seal
from portfolio.refusal import Refusal

PURPOSE = "portfolio.seal"
ENDING = datetime.timedelta(days=60)
"""How long before its end a certificate is spoken of: to get another takes weeks."""
LOCKED_FOR_GOOD = (
    "Your centre’s seal cannot be opened on this server any more, so the form was not issued: whoever runs this site "
    "must set it anew. Nothing is lost."
)


@dataclass(frozen=True)
class Standing:
    """How a centre's forms are sealed now, for whoever administers it."""

    seal: Seal | None
    ended: bool = False
    ends_soon: bool = False


def of_centre(centre: Centre) -> QuerySet[Seal]:
    """The centre's certificate that is not put aside, or none."""
    return Seal.objects.filter(centre=centre, ended_at=None)


def standing(centre: Centre, at: datetime.datetime) -> Standing:
    """The centre's certificate, and whether its time is up. One query."""
    return stands(of_centre(centre).first(), at)


def stands(seal: Seal | None, at: datetime.datetime) -> Standing:
    if seal is None:
        return Standing(None)
    return Standing(seal, ended=seal.valid_until <= at, ends_soon=at < seal.valid_until <= at + ENDING)


def with_seals(centres: QuerySet[Centre]) -> QuerySet[Centre]:
    """Centres with as much of their seal as one sentence says: for a page that asks enough already."""
    in_use = FilteredRelation("seals", condition=Q(seals__ended_at=None))
    words = {"seal_of": F("in_use__subject"), "sealed_until": F("in_use__valid_until")}
    return centres.annotate(in_use=in_use).annotate(**words)


def standing_of(centre: Centre, at: datetime.datetime) -> Standing:
    """The same as `standing`, of a centre that came by `with_seals`."""
    until = getattr(centre, "sealed_until")  # noqa: B009  # an annotation
    return stands(Seal(subject=getattr(centre, "seal_of"), valid_until=until) if until else None, at)  # noqa: B009


def in_force(centre_id: int, at: datetime.datetime) -> Seal | None:
    """What forms issued now are sealed with. One query."""
    return Seal.objects.filter(centre=centre_id, ended_at=None, valid_from__lte=at, valid_until__gt=at).first()


def put_to(content: bytes, seal: Seal, centre: str) -> bytes:
    """The PDF with the centre's seal. It asks the database for nothing. Raises Refusal."""
    try:
        secret = locking.keys(PURPOSE).decrypt(seal.locked).decode()
    except InvalidToken as other_key:
        raise Refusal([LOCKED_FOR_GOOD]) from other_key
    sealed: Callable[..., bytes] = import_string("portfolio.sealing.sealed")
    return sealed(content, secret, reason=f"Issued by {centre}", time_stamps=seal.time_stamps)


def told(seal: Seal) -> dict[str, JSON]:
    """What is kept beside a sealed form, and told to whoever holds it: as its certificate says, today and later."""
    return {
        "subject": seal.subject,
        "issuer": seal.issuer,
        "fingerprint": seal.fingerprint,
        "until": timezone.localdate(seal.valid_until).isoformat(),
        "time_stamped": bool(seal.time_stamps),
    }
