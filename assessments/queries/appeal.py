"""Appeals: what can be appealed against, where each stands, and who must not hear it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from assessments.appealing import MAY_HEAR, AppealFacts
from assessments.enums import AppealAbout, AppealStage, AppealState, SignedAs, Verdict
from assessments.models import (
    DAYS,
    Adjustment,
    Allocation,
    Appeal,
    AppealsProcedure,
    Days,
    Decision,
    Enrolment,
    Evidence,
    Hearing,
    Mapping,
    Review,
)
from assessments.models.enrolment import worked_on_by
from assessments.queries.enrolment import qualified_assessors, staff_holding, staff_name, witnesses_in
from assessments.queries.judgement import deciders_in
from portfolio.models import Centre, SignatureVoid, StaffRecord, User

SHORT_LIST = 50
"""How many other decisions a page lists before it says that there are more."""


@dataclass(frozen=True)
class Against:
    """Something decided that can be appealed against: a decision, a reading that returned an item, or the void of the
    candidate's signature; and what it says."""

    about: AppealAbout
    label: str = ""
    decision_id: int | None = None
    review_id: int | None = None
    void_id: int | None = None

    @property
    def key(self) -> str:
        """What it is called in the form."""
        return f"{self.about}-{self.decision_id or self.review_id or self.void_id}"


@dataclass(frozen=True)
class AppealRow:
    """An appeal in a list."""

    appeal: Appeal
    hearing: Hearing | None
    state: AppealState
    overdue: bool


@dataclass(frozen=True)
class Affected:
    """Another decision of the same assessor on the same criterion, that may be wrong for the same reason."""

    enrolment_id: int
    evidence_id: int
    candidate: str
    evidence: str
    verdict: str
    at: datetime.datetime


@dataclass(frozen=True)
class AppealPage:
    """An appeal with its stages, and what it is against: of an item with its evidence, of the unit with who decided,
    else told by its grounds alone."""

    appeal: Appeal
    hearings: list[Hearing]
    facts: AppealFacts
    evidence: Evidence | None
    title: str
    criterion: str
    decided_by: str
    decided_at: datetime.datetime | None
    words: str
    feedback: str
    sees_record: bool
    """Whether the unit's own page exists for the reader: for an adjudicator as long as the stage is theirs."""

    @property
    def hearing(self) -> Hearing:
        """The newest stage."""
        return self.hearings[-1]


def days_of(centre_id: int) -> Days:
    """The stages of the centre's procedure with their working days: its latest row, else the usual ones."""
    row = AppealsProcedure.objects.filter(centre=centre_id).order_by("-pk").first()
    return row.days if row else DAYS


def next_stage(days: Days, after: str) -> tuple[AppealStage, int] | None:
    """The stage that follows in the procedure as it is now, and its working days; None where it was the last."""
    order = list(AppealStage)
    place = order.index(AppealStage(after))
    return next((found for found in days.stages if order.index(found[0]) > place), None)


def facts_of_appeal(appeal: Appeal, hearings: list[Hearing], days: Days, involved: Iterable[int] = ()) -> AppealFacts:
    """What an appeal's refusals rest on. The appeal comes with its enrolment."""
    newest = hearings[-1]
    following = next_stage(days, newest.stage)
    return AppealFacts(
        candidate_id=appeal.enrolment.candidate_user_id,
        acknowledged=appeal.acknowledged_at is not None,
        closed=appeal.closed_at is not None,
        stage=AppealStage(newest.stage),
        adjudicator_id=newest.adjudicator_id,
        appointed=newest.appointed_at is not None,
        outcome=newest.outcome,
        accepted=appeal.accepted_at is not None,
        answer_by=newest.answer_by,
        next_stage=following[0] if following else None,
        involved=frozenset(involved) | {row.adjudicator_id for row in hearings[:-1] if row.adjudicator_id},
    )


def involved_in(enrolment: Enrolment, about: str = "") -> frozenset[int]:
    """Everybody who ever had a part in the unit: allocated, reading, deciding, sending back, sampling, asking,
    testifying; where the appeal is about an adjustment, whoever arranged or ended one of the candidate's.

    In three queries. The wall `nobody_hears_an_appeal_where_they_were_involved` holds the same in the database.
    """
    pk = enrolment.pk
    mapped = Mapping.objects.filter(enrolment=pk).order_by().values("evidence")
    rows = Allocation.objects.filter(enrolment=pk).order_by().values_list("user_id")
    parts = [
        Review.objects.filter(version__evidence__in=mapped).order_by().values_list("assessor_id"),
        *(enrolment.samples.order_by().values_list(column) for column in ("verifier_id", "planned_by_id")),
        *(
            enrolment.actions.order_by().values_list(column)
            for column in ("owner_id", "raised_by_id", "answered_by_id", "closed_by_id")
        ),
        enrolment.unsampled_notes.order_by().values_list("by_id"),
        enrolment.sign_offs.order_by().values_list("signature__signer_id"),
        SignatureVoid.objects.filter(signature__sign_off__enrolment=pk).order_by().values_list("by_id"),
    ]
    if about == AppealAbout.ADJUSTMENT:
        arranged = Adjustment.objects.filter(candidate=enrolment.candidate_id).order_by()
        parts += [arranged.values_list(column) for column in ("approved_by_id", "ended_by_id")]
    named = {user for (user,) in rows.union(*parts) if user}
    return deciders_in(pk) | witnesses_in(pk) | named | {enrolment.candidate_user_id}


def people_to_hear(
    stage: AppealStage, centre: Centre, day: datetime.date, involved: frozenset[int]
) -> list[StaffRecord]:
    """Staff who may hear the stage: with a role for it on the day, and no part in the unit. One query."""
    if stage == AppealStage.ASSESSOR:
        found = qualified_assessors(centre, day)
    else:
        found = staff_holding(centre, day, *MAY_HEAR[stage])
    return list(found.exclude(user__in=involved).order_by("name", "pk"))


# --- what can be appealed against ------------------------------------------------------------------------------------


def appealable(enrolment: Enrolment) -> list[Against]:
    """What was decided against the candidate in the unit, newest first: three queries.

    A decision that says met is not appealed against; one that was replaced by a later word on the same criterion of
    the same version is past.
    """
    words = Decision.objects.filter(enrolment=enrolment).order_by("pk").select_related("review", "criterion")
    latest = {
        (row.version_id, row.criterion_id): row for row in words.select_related("version__evidence", "countersignature")
    }
    found = [
        (row.review.at, Against(AppealAbout.DECISION, words_of(row), decision_id=row.pk))
        for row in latest.values()
        if against(row)
    ]
    mapped = Mapping.objects.filter(enrolment=enrolment, taken_back_at=None).order_by().values("evidence")
    returned = Review.objects.filter(returned=True, version__evidence__in=mapped, version__replaced_at=None)
    for reading in returned.select_related("version__evidence"):
        label = f"{reading.version.evidence}, {reading.version.title}: returned on {reading.at:%-d %B %Y}"
        found.append((reading.at, Against(AppealAbout.RETURN, label, review_id=reading.pk)))
    back = SignatureVoid.objects.filter(
        signature__sign_off__enrolment=enrolment, signature__sign_off__part=SignedAs.CANDIDATE
    )
    if void := back.exclude(by=enrolment.candidate_user_id).order_by("pk").last():
        label = f"The unit: {how_it_came_back(void)[0].lower()} on {void.at:%-d %B %Y}"
        found.append((void.at, Against(AppealAbout.RESULT, label, void_id=void.pk)))
    return [row for _, row in sorted(found, key=lambda pair: pair[0], reverse=True)]


def against(decision: Decision) -> bool:
    """Whether the latest word is not in the candidate's favour."""
    word = getattr(decision, "countersignature", None)
    return decision.verdict != Verdict.MET or (word is not None and not word.agreed)


def how_it_came_back(void: SignatureVoid) -> tuple[str, str]:
    """By which act a unit came back, and why, as its signature was voided."""
    how, colon, why = void.reason.partition(": ")
    return (how, why) if colon else ("Came back", void.reason)


def words_of(decision: Decision) -> str:
    """A decision as it is chosen from a list."""
    said = decision.get_verdict_display().lower() if decision.verdict != Verdict.MET else "not countersigned"
    item = decision.version.evidence
    return f"{decision.criterion.number} with {item}, {decision.version.title}: {said}, {decision.review.at:%-d %B %Y}"


# --- pages -----------------------------------------------------------------------------------------------------------


def appeal_rows(appeals: list[Appeal], day: datetime.date) -> list[AppealRow]:
    """A page of appeals, those of several centres among them: three queries."""
    hearings: dict[int, list[Hearing]] = {}
    for hearing in Hearing.objects.filter(appeal__in=appeals).order_by("appeal_id", "number"):
        hearings.setdefault(hearing.appeal_id, []).append(hearing)
    centres = {appeal.enrolment.centre_id for appeal in appeals}
    procedures = {row.centre_id: row.days for row in AppealsProcedure.objects.filter(centre__in=centres).order_by("pk")}
    rows = []
    for appeal in appeals:
        facts = facts_of_appeal(appeal, hearings[appeal.pk], procedures.get(appeal.enrolment.centre_id, DAYS))
        newest = hearings[appeal.pk][-1]
        rows.append(AppealRow(appeal, newest, facts.state, not facts.closed and newest.is_overdue(day)))
    return rows


def appeal_page(user: User, pk: int, *, involved: bool = False) -> AppealPage:
    """The page of an appeal, in eight queries at most; `involved` asks who must not hear it, in three more.

    Raises Appeal.DoesNotExist for strangers.
    """
    seen = Q(enrolment__candidate_user=user) | worked_on_by(user, at="enrolment__")
    appeal = (
        Appeal.objects.visible_to(user)
        .select_related(
            "enrolment__unit",
            "enrolment__candidate",
            "enrolment__centre",
            "decision__criterion",
            "decision__review",
            "decision__version__evidence",
            "review__version__evidence",
            "void__by",
        )
        .annotate(sees_record=ExpressionWrapper(seen, BooleanField()))
        .get(pk=pk)
    )
    hearings = list(appeal.hearings.order_by("number"))
    had_a_part = involved_in(appeal.enrolment, appeal.about) if involved else frozenset()
    facts = facts_of_appeal(appeal, hearings, days_of(appeal.enrolment.centre_id), had_a_part)
    return AppealPage(
        appeal=appeal,
        hearings=hearings,
        facts=facts,
        sees_record=bool(getattr(appeal, "sees_record", False)),
        **what_it_is_against(appeal),
    )


def what_it_is_against(appeal: Appeal) -> dict[str, Any]:
    """What was decided, by whom and when, as the page of the appeal says it. One query more for a unit that came back;
    the rest comes with the appeal."""
    if reading := appeal.reading:
        decision = appeal.decision
        version = decision.version if decision else reading.version
        return {
            "evidence": version.evidence,
            "title": version.title,
            "criterion": str(decision.criterion) if decision else "",
            "decided_by": reading.assessor_name,
            "decided_at": reading.at,
            "words": decision.get_verdict_display() if decision else "Returned",
            "feedback": decision.feedback if decision else reading.feedback,
        }
    told: dict[str, Any] = {"evidence": None, "title": "", "criterion": ""}
    if void := appeal.void:
        words, why = how_it_came_back(void)
        name = staff_name(void.by, appeal.enrolment.centre_id)
        return told | {"decided_by": name, "decided_at": void.at, "words": words, "feedback": why}
    return told | {"decided_by": "", "decided_at": None, "words": "", "feedback": ""}


def affected_by(page: AppealPage, user: User) -> list[Affected]:
    """Other decisions of the same assessor on the same criterion, newest first, that exist for the reader. One query.

    Source: where an appeal shows a failure, other learners it affects are found and put right (Ofqual I1.4).
    """
    decision = page.appeal.decision
    if decision is None:
        return []
    others = Decision.objects.filter(
        Q(criterion=decision.criterion_id, review__assessor=decision.review.assessor_id),
        enrolment__in=Enrolment.objects.visible_to(user).exclude(candidate_user=user),
        enrolment__centre=page.appeal.enrolment.centre_id,
    ).exclude(enrolment=page.appeal.enrolment_id)
    rows = others.order_by("-pk").values_list(
        "enrolment_id",
        "version__evidence_id",
        "enrolment__candidate__known_as",
        "enrolment__candidate__legal_name",
        "version__evidence__number",
        "verdict",
        "review__at",
    )
    return [
        Affected(unit, item, known_as or legal, f"Evidence {number}", Verdict(verdict).label, at)
        for unit, item, known_as, legal, number, verdict, at in rows[: SHORT_LIST + 1]
    ]
