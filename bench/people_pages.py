"""Where to knock: the pages about people that no unit is on."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from bench.centre import Staffed
from portfolio import actions
from portfolio.enums import InductionTopic
from portfolio.models import CandidateRecord, Induction, User

Line = tuple[str, User, str, list[Any]]


def people_lines(staffed: Staffed, candidate: CandidateRecord) -> Iterable[Line]:
    """What each page is called, who asks for it, its address by name, and what stands in it."""
    me, slug, somebody = staffed.administrator, staffed.centre.slug, candidate.user
    yield "Identity of a candidate", me, "portfolio:check_identity", [slug, somebody.handle]
    yield "Induction of a candidate", me, "portfolio:record_induction", [slug, somebody.handle]
    yield "What is kept about me", somebody, "portfolio:own_record", []
    yield "My induction", somebody, "portfolio:acknowledge_induction", [induction_of(candidate, me).pk]


def induction_of(candidate: CandidateRecord, by: User) -> Induction:
    """The candidate's induction, held now where there was none."""
    return Induction.objects.filter(candidate=candidate).first() or actions.record_induction(
        candidate=candidate,
        topics=list(InductionTopic),
        held_by=by,
        held_on=timezone.localdate(),
        by=by,
        at=timezone.now(),
    )
