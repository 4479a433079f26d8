"""Verbs of the standard: putting unit versions into use."""

import datetime

from django.db import transaction

from portfolio import audit
from portfolio.actions.checks import refuse_strangers, take_turns
from portfolio.models import User
from portfolio.refusal import Refusal
from units.models import (
    Unit,
    UnitPublication,
)
from units.standard import KEYS


def refusals_to_publish(unit: Unit) -> list[str]:
    """Why the unit version cannot be published; nothing when it can."""
    refusals = []
    if UnitPublication.objects.filter(unit=unit).exists():
        refusals.append(f"{unit.short_code} version {unit.version} is published already.")
    if not unit.criteria.exists():
        refusals.append(f"{unit.short_code} version {unit.version} has no criteria: add them before it is published.")
    return refusals


def locked_unit(unit: Unit) -> Unit:
    """The unit version as it is now, locked. Raises Refusal for a draft that was discarded meanwhile."""
    locked = Unit.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=unit.pk).first()
    if locked is None:
        raise Refusal([f"The draft of {unit.short_code} version {unit.version} is discarded already."])
    return locked


@transaction.atomic
def publish(*, unit: Unit, by: User | None, at: datetime.datetime) -> UnitPublication:
    """Put a unit version into use. `by` is nobody when the installation itself loads the standard.

    Before: it has criteria and is not published; whoever publishes what a centre brought in administers that centre.
    After: candidates can be enrolled on it, and the database refuses any change to its wording. Raises Refusal.
    """
    if unit.centre is not None:
        refuse_strangers(by, take_turns(unit.centre), at)
    elif by is not None:
        raise Refusal(["It comes with the standard: whoever runs the installation publishes it."])
    locked = locked_unit(unit)
    refusals = refusals_to_publish(locked)
    if refusals:
        raise Refusal(refusals)
    publication = UnitPublication.objects.create(unit=locked, by=by, at=at)
    audit.record(
        verb="publish",
        by=by,
        at=at,
        subject=locked,
        centre=locked.centre,
        details={"unit": locked.key, "version": locked.version},
    )
    return publication


@transaction.atomic
def publish_standard(*, at: datetime.datetime) -> list[Unit]:
    """Put into use whatever was loaded of the standard and is not yet. Returns those units. Raises Refusal."""
    waiting = Unit.objects.filter(key__in=KEYS, publication__isnull=True).select_related("awarding_body")
    for unit in (found := list(waiting)):
        publish(unit=unit, by=None, at=at)
    return found
