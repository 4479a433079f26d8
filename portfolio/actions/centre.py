"""Opening a centre, and its settings."""

import datetime
import re

from django.db import transaction

from portfolio import audit
from portfolio.actions.checks import refuse_invalid, refuse_strangers, take_turns
from portfolio.models import Centre, User


@transaction.atomic
def open_centre(*, name: str, slug: str, by: User | None, at: datetime.datetime) -> Centre:
    """Open a centre, with an audit book of its own. Nobody belongs to it yet: invite its first administrator next."""
    centre = Centre(name=name.strip(), slug=slug.strip().lower(), created_at=at)
    refuse_invalid(centre)
    centre.save()
    audit.record(
        verb="open centre",
        by=by,
        at=at,
        subject=centre,
        centre=centre,
        details={"name": centre.name, "slug": centre.slug},
    )
    return centre


@transaction.atomic
def set_up_centre(
    *, centre: Centre, country: str, prior_learning_years: int, by: User | None, at: datetime.datetime
) -> Centre:
    """Say where the centre is, which decides its working days, and how old prior learning may be before one asks.

    Deadlines that run already keep their day.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    centre.country, centre.prior_learning_years = country, prior_learning_years
    refuse_invalid(centre)
    centre.save(update_fields=["country", "prior_learning_years"])
    audit.record(
        verb="set up centre",
        by=by,
        at=at,
        subject=centre,
        centre=centre,
        details={"country": country, "prior_learning_years": prior_learning_years},
    )
    return centre


@transaction.atomic
def set_privacy_notice(*, centre: Centre, notice: str, address: str, by: User | None, at: datetime.datetime) -> Centre:
    """Say what the centre does with people's data: in words of its own, or where they stand. Everybody can read it."""
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    before = centre.privacy_notice
    centre.privacy_notice, centre.privacy_address = notice.strip(), address.strip()
    refuse_invalid(centre, *unfilled(centre.privacy_notice))
    centre.save(update_fields=["privacy_notice", "privacy_address"])
    audit.record(
        verb="set privacy notice",
        by=by,
        at=at,
        subject=centre,
        centre=centre,
        details={"before": before, "notice": centre.privacy_notice, "address": centre.privacy_address},
    )
    return centre


def unfilled(notice: str) -> list[str]:
    """What of the template is still to be filled in."""
    left = list(dict.fromkeys(re.findall(r"\[[^\[\]\n]+\]", notice)))
    return [f"Fill in what stands in brackets, or take it out: {', '.join(left)}."] if left else []
