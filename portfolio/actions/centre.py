"""Opening a centre."""

import datetime

from django.db import transaction

from portfolio import audit
from portfolio.actions.checks import refuse_invalid
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
