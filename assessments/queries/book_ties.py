"""Which candidate or unit a line of the audit book belongs to: read off the models, by their keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from assessments.models import Enrolment, Evidence, VersionMove
from assessments.models import Mapping as MappedTo
from portfolio.audit import kind_of
from portfolio.models import CandidateRecord, User

FLOORS = ("portfolio", "units", "assessments")
FURTHER = {"user": "candidate_records", "exercise": "version__evidence__candidate"}
"""Paths to a candidate that no field of their own names."""


@dataclass(frozen=True)
class Tie:
    """By which paths a record of a model leads to its candidate and to its enrolment; empty where it has none."""

    model: type[models.Model]
    candidate: str
    enrolment: str

    @property
    def shown(self) -> bool:
        """Whether a line can name the candidate: an account can be one's at several centres, and who acted is named."""
        return bool(self.candidate) and self.model is not User


@cache
def ties() -> dict[str, Tie]:
    """Each kind of record that a line can be about, by the name the book has for it."""
    found = {}
    for model in (model for floor in FLOORS for model in apps.get_app_config(floor).get_models()):
        kind = str(model._meta.model_name)
        keys = {key.name: key.related_model for key in model._meta.fields if key.is_relation}
        enrolment = "pk" if model is Enrolment else "enrolment" if keys.get("enrolment") is Enrolment else ""
        if model is CandidateRecord:
            candidate = "pk"
        elif keys.get("candidate") is CandidateRecord:
            candidate = "candidate"
        else:
            candidate = "enrolment__candidate" if enrolment else FURTHER.get(kind, "")
        found[kind] = Tie(model, candidate, enrolment)
    return found


Records = tuple[str, QuerySet[Any]]
"""A kind of record, and the ids of those meant."""


def of_candidates(candidates: QuerySet[CandidateRecord], kinds: Iterable[str]) -> list[Records]:
    """Whatever is of these candidates."""
    known = ((kind, tie) for kind in kinds if (tie := ties().get(kind)) and tie.candidate)
    return [(kind, records(tie).filter(**{f"{tie.candidate}__in": candidates}).values("pk")) for kind, tie in known]


def of_unit(enrolment: int, kinds: Iterable[str]) -> list[Records]:
    """Whatever is of a candidate's unit, and the items mapped to it."""
    known = ((kind, tie) for kind in kinds if (tie := ties().get(kind)) and tie.enrolment)
    return [
        *((kind, records(tie).filter(**{tie.enrolment: enrolment}).values("pk")) for kind, tie in known),
        (kind_of(Evidence()), MappedTo.objects.filter(enrolment=enrolment).order_by().values("evidence")),
        (kind_of(VersionMove()), VersionMove.objects.filter(earlier=enrolment).order_by().values("pk")),
    ]


def about_one_of(found: Iterable[Records]) -> Q:
    """Lines about one of these records."""
    return any_of(Q(subject_kind=kind, subject_id__in=ids) for kind, ids in found)


def records(tie: Tie) -> QuerySet[Any]:
    return tie.model._default_manager.order_by()


def any_of(conditions: Iterable[Q], *further: Q) -> Q:
    """One of them at least; nothing where there are none."""
    return reduce(or_, [*conditions, *further], Q(pk__in=[]))
