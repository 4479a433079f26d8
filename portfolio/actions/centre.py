"""Opening a centre, and its settings."""

import datetime

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
