"""Links for people who have no sign-in: signed, for one purpose and one record, and known again by their digest.

What a link opens is kept beside its record: the digest of the newest token sent, and until when it is good. So the
database alone opens nothing, and sending another link ends the one before.
"""

import hashlib
import secrets

from django.core import signing


def new_token(purpose: str, pk: int) -> str:
    """A token that was never given before, for a record."""
    return signing.dumps([pk, secrets.token_urlsafe(24)], salt=f"portfolio.links.{purpose}")


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def record_of(token: str, purpose: str) -> int | None:
    """Id of the record a token of ours was made for; None for a forged one, or one for another purpose."""
    try:
        pk, _ = signing.loads(token, salt=f"portfolio.links.{purpose}")
    except signing.BadSignature:
        return None
    return int(pk)
