"""Exercises of standardisation: what each reader may see of one, how far those asked agree, and what was agreed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.agreement import Agreement, agreement
from assessments.enums import HANDED_IN, Verdict
from assessments.models import (
    AgreedOutcome,
    BlindJudgement,
    EvidenceFile,
    EvidenceVersion,
    Exercise,
    ExerciseCriterion,
    Mapping,
    Meeting,
    Participant,
)
from assessments.models.enrolment import worked_on_by
from assessments.queries.enrolment import staff_names
from assessments.queries.evidence import opens_for, scans_of
from assessments.queries.versions import files_of
from portfolio.enums import ScanResult
from portfolio.models import Centre, User
from units.models import Criterion, Unit

MOST = 50
"""How many are listed, the latest first."""


@dataclass(frozen=True)
class ExerciseLine:
    """An exercise in a list. `mine`: whether the reader is asked and has not answered."""

    exercise: Exercise
    unit: str
    asked: int
    answered: int
    mine: bool


@dataclass(frozen=True)
class Word:
    """What one participant said of a criterion."""

    name: str
    verdict: str
    label: str
    words: str


@dataclass(frozen=True)
class Compared:
    """A criterion of an exercise, what each said of it once that may be seen, and what was agreed."""

    criterion: Criterion
    words: list[Word]
    unanimous: bool
    outcome: AgreedOutcome | None


@dataclass(frozen=True)
class ExercisePage:
    """An exercise as one reader may see it."""

    exercise: Exercise
    set_by: str
    participants: list[tuple[str, bool]]
    """Each by name, and whether they have answered."""
    asked: bool
    answered: bool
    shown: bool
    """Whether the answers may be seen: all have answered, or it is closed."""
    criteria: list[Compared]
    agreement: Agreement | None
    candidate: str
    """Empty where the name is hidden."""
    item_open: bool
    """Whether the reader may look at the item: who was asked to judge it, who set it, and the lead."""
    files: list[EvidenceFile]
    scans: dict[int, ScanResult]

    @property
    def complete(self) -> bool:
        return all(answered for _, answered in self.participants)


def exercise_lines(user: User) -> list[ExerciseLine]:
    """The exercises that exist for a person, the latest first. One query."""
    mine = Participant.objects.filter(exercise=OuterRef("pk"), person=user, judgements=None)
    rows = (
        Exercise.objects.visible_to(user)
        .select_related("unit")
        .annotate(
            asked=Count("participants", distinct=True),
            answered=Count("participants", filter=Q(participants__judgements__isnull=False), distinct=True),
            mine=Exists(mine),
        )
    )
    return [
        ExerciseLine(
            exercise=row,
            unit=row.unit.short_code,
            asked=vars(row)["asked"],
            answered=vars(row)["answered"],
            mine=vars(row)["mine"] and row.closed_at is None,
        )
        for row in rows[:MOST]
    ]


def exercises_to_judge(user: User) -> list[Exercise]:
    """Open exercises in which this person is asked and has not answered, the first due first. One query."""
    asked = Participant.objects.filter(exercise=OuterRef("pk"), person=user, judgements=None)
    rows = Exercise.objects.visible_to(user).filter(Exists(asked), closed_at=None)
    return list(rows.select_related("unit").only("title", "due_on", "unit__short_code").order_by("due_on", "pk"))


def exercise_page(user: User, pk: int) -> ExercisePage:
    """An exercise as the reader may see it, in ten queries. Raises Exercise.DoesNotExist where there is none for them.

    Before all have answered or it is closed nobody is given another's answers, whoever they are.
    """
    related = ("centre", "unit", "version__evidence__candidate")
    exercise = Exercise.objects.visible_to(user).select_related(*related).get(pk=pk)
    people = list(Participant.objects.filter(exercise=exercise).annotate(done=Exists(_judged(OuterRef("pk")))))
    done = {row.pk: bool(vars(row)["done"]) for row in people}
    own = next((row for row in people if row.person_id == user.pk), None)
    shown = exercise.closed_at is not None or all(done.values())
    who = {row.person_id for row in people} | {exercise.set_by_id}
    names = {pk: name for (pk, _), name in staff_names(who, {exercise.centre_id}).items()}
    said = BlindJudgement.objects.filter(participant__exercise=exercise).order_by("participant")
    judged = list(said if shown else said.filter(participant=own) if own else said.none())
    item_open = Exercise.objects.filter(pk=pk).opening_their_item_to(user).exists()
    files = files_of([exercise.version])[exercise.version_id] if item_open else []
    criteria = compared(exercise, people, names, judged)
    candidate = exercise.version.evidence.candidate
    return ExercisePage(
        exercise=exercise,
        set_by=names.get(exercise.set_by_id, ""),
        participants=sorted((names.get(row.person_id, ""), done[row.pk]) for row in people),
        asked=own is not None,
        answered=own is not None and done[own.pk],
        shown=shown,
        criteria=criteria,
        agreement=agreement_in(criteria) if shown else None,
        candidate="" if exercise.name_hidden else candidate.name,
        item_open=item_open,
        files=files,
        scans=scans_of(files),
    )


def _judged(participant: OuterRef) -> "QuerySet[BlindJudgement]":
    return BlindJudgement.objects.filter(participant=participant)


def compared(
    exercise: Exercise, people: Iterable[Participant], names: dict[int, str], judged: Iterable[BlindJudgement]
) -> list[Compared]:
    """Each criterion with what was said of it, by those who answered in the order in which they were asked."""
    person = {row.pk: names.get(row.person_id, "") for row in people}
    outcomes = {row.criterion_id: row for row in exercise.outcomes.select_related("meeting")}
    words: dict[int, list[Word]] = {}
    for row in judged:
        word = Word(person[row.participant_id], row.verdict, Verdict(row.verdict).label, row.words)
        words.setdefault(row.criterion_id, []).append(word)
    rows = ExerciseCriterion.objects.filter(exercise=exercise).select_related("criterion")
    return [
        Compared(
            criterion=criterion,
            words=(said := words.get(criterion.pk, [])),
            unanimous=len({word.verdict for word in said}) == 1,
            outcome=outcomes.get(criterion.pk),
        )
        for criterion in (row.criterion for row in rows)
    ]


def agreement_in(criteria: Iterable[Compared]) -> Agreement | None:
    """How far those who answered agree over all criteria; None where fewer than two have."""
    return agreement([[word.verdict for word in row.words] for row in criteria])


def file_of_exercise(user: User, pk: int, file_pk: int) -> EvidenceFile:
    """A file of the item of an exercise that exists for the reader, if its bytes may be opened.

    Raises EvidenceFile.DoesNotExist else. It is how somebody who works on none of the candidate's units comes to see
    it, and only there.
    """
    exercises = Exercise.objects.filter(pk=pk).opening_their_item_to(user)
    rows = EvidenceFile.objects.filter(
        version__exercises__in=exercises, quarantined_at=None, destroyed_at=None, disposed_at=None
    )
    rows = rows.filter(removed_at=None)
    file = rows.select_related("stored__rendition").distinct().get(pk=file_pk)
    if not opens_for(file, scans_of([file])[file.stored_id], own=False):
        raise EvidenceFile.DoesNotExist
    return file


def items_offered(user: User, centre: Centre, unit: Unit) -> list[tuple[int, str]]:
    """Versions in force that were handed in for a unit and exist for the verifier who sets an exercise, by name."""
    mapped = Mapping.objects.filter(evidence=OuterRef("evidence"), enrolment__unit=unit, taken_back_at=None)
    rows = EvidenceVersion.objects.filter(
        Exists(mapped),
        evidence__centre=centre,
        evidence__frozen_at=None,
        evidence__in=_visible(user, unit).values("evidence"),
        status__in=HANDED_IN,
        replaced_at=None,
    )
    told = rows.order_by("evidence__candidate__legal_name", "evidence__number").values_list(
        "pk", "title", "evidence__number", "evidence__candidate__known_as", "evidence__candidate__legal_name"
    )
    return [(pk, f"{known_as or name}, evidence {number}: {title}") for pk, title, number, known_as, name in told]


def _visible(user: User, unit: Unit) -> "QuerySet[Mapping]":
    """Mappings of the unit in enrolments the person sees as staff."""
    return Mapping.objects.filter(
        worked_on_by(user, at="enrolment__"), enrolment__unit=unit, taken_back_at=None
    ).exclude(enrolment__candidate_user=user)


def guidance_for(centre_id: int, unit_ids: Iterable[int]) -> dict[int, AgreedOutcome]:
    """What was agreed at a centre on criteria of these units, the latest of each, by criterion. One query."""
    rows = AgreedOutcome.objects.guiding(centre_id).filter(criterion__unit__in=list(unit_ids))
    return {row.criterion_id: row for row in rows.select_related("exercise")}


def meetings_of(user: User) -> list[Meeting]:
    """The meetings that exist for a person, the latest first. One query."""
    return list(Meeting.objects.visible_to(user)[:MOST])


def meetings_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Meetings in which something may have been agreed, the latest first."""
    return [(meeting.pk, str(meeting)) for meeting in Meeting.objects.filter(centre=centre, held_on__lte=day)[:MOST]]
