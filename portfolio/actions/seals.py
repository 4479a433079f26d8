"""The certificate a centre's forms are sealed with, which the operator sets and puts aside."""

import datetime

from django.db import transaction
from django.utils.module_loading import import_string

from portfolio import audit, locking, seals
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.models import Centre, Seal, User

NO_SEAL = "This centre has no seal."
NOT_AN_ADDRESS = "A time-stamp server has an address that begins with http:// or https://."


@transaction.atomic
def set_seal(
    *, centre: Centre, file: bytes, password: str, time_stamps: str = "", by: User | None, at: datetime.datetime
) -> Seal:
    """Seal the centre's forms with the certificate of a PKCS#12 file from now on; the one before is put aside.

    What is kept is the key, locked up, and not the password. Forms issued before stay as they are. Raises Refusal.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    if time_stamps and not time_stamps.startswith(("http://", "https://")):
        refuse([NOT_AN_ADDRESS])
    certificate = import_string("portfolio.sealing.read")(file, password, at)
    put_aside(centre, at)
    seal = Seal(
        centre=centre,
        subject=certificate.subject,
        issuer=certificate.issuer,
        fingerprint=certificate.fingerprint,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        time_stamps=time_stamps,
        locked=locking.keys(seals.PURPOSE).encrypt(certificate.secret.encode()).decode(),
        set_at=at,
    )
    refuse_invalid(seal)
    seal.save()
    audit.record(verb="set seal", by=by, at=at, subject=centre, centre=centre, details=seals.told(seal))
    return seal


@transaction.atomic
def end_seal(*, centre: Centre, by: User | None, at: datetime.datetime) -> None:
    """Seal no more forms of the centre. Its key is gone; what was sealed stays sealed."""
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    seal = seals.of_centre(centre).first()
    if seal is None:
        refuse([NO_SEAL])
    else:
        put_aside(centre, at)
        audit.record(verb="end seal", by=by, at=at, subject=centre, centre=centre, details=seals.told(seal))


def put_aside(centre: Centre, at: datetime.datetime) -> None:
    seals.of_centre(centre).update(ended_at=at, locked="")
