"""How the standard travels in archives: a unit or qualification whole, found by its key or written down anew."""

import datetime
from collections.abc import Mapping

from portfolio.archive import catalogue
from units.models import Qualification, QualificationPublication, Unit, UnitPublication

LEFT_OUT = {
    "units.UnitPublication": "What is referred to is in use; since when is each installation's own.",
    "units.RelatedCriterion": "Our cross-walk, a help to candidates: loaded with the standard.",
}


def register() -> None:
    catalogue.leave_out(LEFT_OUT)
    catalogue.take_whole("units.Qualification", "units.Unit")
    catalogue.leads_home("units.QualificationPublication", "portfolio.Centre", "qualification__centre")
    catalogue.completed_by("units.leaving.publish")


def publish(made: Mapping[str, list[int]], at: datetime.datetime) -> None:
    """What came with a record is in use, as it was there. A centre's own qualification brings its publication along."""
    units = Unit.objects.filter(pk__in=made.get("units.unit", []))
    UnitPublication.objects.bulk_create(UnitPublication(unit=unit, at=at) for unit in units)
    standard = Qualification.objects.filter(pk__in=made.get("units.qualification", []), centre=None)
    QualificationPublication.objects.bulk_create(
        QualificationPublication(qualification=qualification, at=at) for qualification in standard
    )
