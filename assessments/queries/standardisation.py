"""Exercises of standardisation: what each reader may see of one, how far those asked agree, and what was agreed."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

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
from assessments.models.access import bodies_opened_to
from assessments.models.enrolment import worked_on_by
from assessments.queries.enrolment import staff_names
from assessments.queries.evidence import opens_for, scans_of
from assessments.queries.versions import files_of
from portfolio.compiled import compiled
from portfolio.enums import Role, ScanResult
from portfolio.models import Centre, User, centres_of
from portfolio.rules import VERIFYING
from units.beside import Guidance
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


def exercise_lines(user: User, *, most: int | None = MOST) -> list[ExerciseLine]:
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
        for row in rows[:most]
    ]


@compiled
def exercises_to_judge(user: User) -> QuerySet[Exercise]:
    """Open exercises in which this person is asked and has not answered, the first due first."""
    asked = Participant.objects.filter(exercise=OuterRef("pk"), person=user, judgements=None)
    rows = Exercise.objects.visible_to(user).filter(Exists(asked), closed_at=None)
    return rows.select_related("unit").only("title", "due_on", "unit__short_code").order_by("due_on", "pk")


def exercise_page(user: User, pk: int) -> ExercisePage:
    """An exercise as the reader may see it, in ten queries. Raises Exercise.DoesNotExist where none is for them."""
    related = ("centre", "unit", "version__evidence__candidate")
    exercise = Exercise.objects.visible_to(user).select_related(*related).get(pk=pk)
    (page,) = exercise_pages(user, [exercise])
    if not Exercise.objects.filter(pk=pk).opening_their_item_to(user).exists():
        return page
    files = files_of([exercise.version])[exercise.version_id]
    return replace(page, item_open=True, files=files, scans=scans_of(files))


def exercise_pages(user: User, exercises: Sequence[Exercise]) -> list[ExercisePage]:
    """Exercises that the reader may see, without the files of their items, in five queries however many they are.

    Before all have answered or it is closed nobody is given another's answers, whoever they are.
    """
    within = Q(exercise__in=[row.pk for row in exercises])
    people: dict[int, list[Participant]] = defaultdict(list)
    for row in Participant.objects.filter(within).annotate(done=Exists(_judged(OuterRef("pk")))):
        people[row.exercise_id].append(row)
    shown = {row.pk for row in exercises if row.closed_at or all(_done(each) for each in people[row.pk])}
    who = {each.person_id for asked in people.values() for each in asked} | {row.set_by_id for row in exercises}
    names = {pk: name for (pk, _), name in staff_names(who, {row.centre_id for row in exercises}).items()}
    seen = Q(participant__exercise__in=shown) | Q(participant__exercise__in=exercises, participant__person=user)
    words: dict[tuple[int, int], list[Word]] = defaultdict(list)
    said = BlindJudgement.objects.filter(seen).select_related("participant").order_by("participant")
    for judged in said:
        word = Word(
            names.get(judged.participant.person_id, ""), judged.verdict, Verdict(judged.verdict).label, judged.words
        )
        words[judged.participant.exercise_id, judged.criterion_id].append(word)
    outcomes = {
        (row.exercise_id, row.criterion_id): row
        for row in AgreedOutcome.objects.filter(within).select_related("meeting")
    }
    criteria: dict[int, list[Compared]] = defaultdict(list)
    for asked_of in ExerciseCriterion.objects.filter(within).select_related("criterion"):
        key = (asked_of.exercise_id, asked_of.criterion_id)
        criteria[asked_of.exercise_id].append(compared(asked_of.criterion, words[key], outcomes.get(key)))
    return [
        exercise_shown(user, row, people[row.pk], names, criteria[row.pk], shown=row.pk in shown) for row in exercises
    ]


def exercise_shown(
    user: User,
    exercise: Exercise,
    people: Iterable[Participant],
    names: dict[int, str],
    criteria: list[Compared],
    *,
    shown: bool,
) -> ExercisePage:
    """What one reader is shown of an exercise."""
    own = next((row for row in people if row.person_id == user.pk), None)
    candidate = exercise.version.evidence.candidate
    return ExercisePage(
        exercise=exercise,
        set_by=names.get(exercise.set_by_id, ""),
        participants=sorted((names.get(row.person_id, ""), _done(row)) for row in people),
        asked=own is not None,
        answered=own is not None and _done(own),
        shown=shown,
        criteria=criteria,
        agreement=agreement_in(criteria) if shown else None,
        candidate="" if exercise.name_hidden else candidate.name,
        item_open=False,
        files=[],
        scans={},
    )


def _judged(participant: OuterRef) -> "QuerySet[BlindJudgement]":
    return BlindJudgement.objects.filter(participant=participant)


def _done(row: Participant) -> bool:
    """Whether somebody who was asked has answered, as it was read with them."""
    return bool(vars(row)["done"])


def compared(criterion: Criterion, said: list[Word], outcome: AgreedOutcome | None) -> Compared:
    """A criterion with what was said of it, by those who answered in the order in which they were asked."""
    return Compared(criterion, said, len({word.verdict for word in said}) == 1, outcome)


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
    mapped = _visible(user, unit).filter(enrolment__centre=centre)
    rows = EvidenceVersion.objects.filter(
        evidence__centre=centre,
        evidence__frozen_at=None,
        evidence__in=mapped.values("evidence"),
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
    rows = AgreedOutcome.objects.guiding().filter(exercise__centre=centre_id, criterion__unit__in=list(unit_ids))
    return {row.criterion_id: row for row in rows.select_related("exercise")}


def guidance_beside(user: User, unit: Unit) -> dict[int, list[Guidance]]:
    """What is agreed on the criteria of a unit where the person assesses or verifies, or looks for its awarding body.

    It guides those who judge and those who check them; candidates are told what is decided of their own work. A query.
    """
    theirs = Q(exercise__centre__in=centres_of(user, Role.ASSESSOR, *VERIFYING))
    theirs |= bodies_opened_to(user, centre="exercise__centre", body="exercise__unit__awarding_body")
    rows = AgreedOutcome.objects.guiding().filter(theirs, criterion__unit=unit)
    found: dict[int, list[Guidance]] = defaultdict(list)
    for row in rows.select_related("exercise__centre").order_by("exercise__centre__name"):
        centre, day = row.exercise.centre, timezone.localdate(row.recorded_at)
        said = Guidance(centre.pk, centre.name, row.get_verdict_display(), row.rationale, row.exercise.title, day)
        found[row.criterion_id].append(said)
    return dict(found)


def meetings_of(user: User, *, most: int | None = MOST) -> list[Meeting]:
    """The meetings that exist for a person, the latest first. One query."""
    return list(Meeting.objects.visible_to(user)[:most])


def meetings_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Meetings in which something may have been agreed, the latest first."""
    return [(meeting.pk, str(meeting)) for meeting in Meeting.objects.filter(centre=centre, held_on__lte=day)[:MOST]]
