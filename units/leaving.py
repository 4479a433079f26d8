"""How the standard travels in archives: a unit or qualification whole, found by its key or written down anew."""

import datetime
from collections.abc import Mapping

from portfolio.archive import catalogue
from units.models import Qualification, QualificationPublication, Unit, UnitPublication

LEFT_OUT = {
    "units.RelatedCriterion": "Our cross-walk, a help to candidates: loaded with the standard.",
}


def register() -> None:
    catalogue.leave_out(LEFT_OUT)
    catalogue.take_whole("units.Qualification", "units.Unit")
    catalogue.leads_home("units.UnitPublication", "portfolio.Centre", "unit__centre")
    catalogue.leads_home("units.QualificationPublication", "portfolio.Centre", "qualification__centre")
    catalogue.completed_by("units.leaving.publish")


def publish(made: Mapping[str, list[int]], at: datetime.datetime) -> None:
    """What all centres share and a record rests on is in use, since when is each installation's own. What a centre
    brought in itself has its publication with it, or is still a draft."""
    units = Unit.objects.filter(pk__in=made.get("units.unit", []), centre=None)
    UnitPublication.objects.bulk_create(UnitPublication(unit=unit, at=at) for unit in units)
    standard = Qualification.objects.filter(pk__in=made.get("units.qualification", []), centre=None)
    QualificationPublication.objects.bulk_create(
        QualificationPublication(qualification=qualification, at=at) for qualification in standard
    )
