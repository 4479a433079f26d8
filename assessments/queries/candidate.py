"""A candidate's own portfolio: their units with progress, and what waits for them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone

from assessments.enums import ItemStatus, Layer, Pace, SignedAs, UnitStatus, Verb, Verdict
from assessments.models import Enrolment, EvidenceVersion, Review, SignOff
from assessments.progress import Progress, progress_of
from assessments.queries.enrolment import kept_pace, staff_names
from assessments.queries.judgement import UnitRows, rows_of, unit_facts, with_rules
from assessments.queries.marks import Decided, Mapped
from assessments.queries.plans import activities_due, to_agree
from assessments.queries.recording import to_acknowledge
from assessments.rules import Person
from assessments.workflow import UnitFacts, unit_needs
from portfolio.models import User

MORE_NEEDED = (Verdict.NOT_YET, Verdict.CONTRIBUTES)
MET = (Layer.ACCEPTED, Layer.CONFIRMED)


@dataclass(frozen=True)
class MyUnit:
    """A unit of the candidate's, how far it is, and who assesses it."""

    enrolment: Enrolment
    progress: Progress
    assessor: str
    pace: Pace | None


@dataclass(frozen=True)
class Waiting:
    """Something the candidate can do next: where, since when, and what was said."""

    at: datetime.datetime
    kind: str
    title: str
    place: str
    pk: int
    text: str = ""


@dataclass(frozen=True)
class OwnPortfolio:
    """The candidate's home."""

    units: list[MyUnit]
    waiting: list[Waiting]


def own_portfolio(user: User, day: datetime.date) -> OwnPortfolio:
    """Everything on a candidate's home in thirteen queries at most, however many units and items there are."""
    enrolments = list(
        Enrolment.objects.filter(candidate_user=user)
        .exclude(status=UnitStatus.WITHDRAWN)
        .select_related("unit", "centre")
        .order_by("unit__short_code", "pk")
    )
    rows = with_rules(rows_of(enrolments, worded=False))
    facts = {found.enrolment.pk: unit_facts(found) for found in rows}
    names = staff_names({row.assessor_id for row in enrolments}, {row.centre_id for row in enrolments})
    versions = open_versions(user)
    words = latest_words(versions)
    redrafted = {version.evidence_id for version in versions if version.status == ItemStatus.DRAFT}
    collecting = [found for found in rows if found.enrolment.status == UnitStatus.COLLECTING]
    waiting = [
        *(
            waiting_version(version, words.get(version.pk))
            for version in versions
            if not is_superseded(version, redrafted)
        ),
        *feedback_in(collecting, facts, redrafted),
        *(
            Waiting(record.at, "Read and acknowledge", record.title, "assessments:acknowledge", record.evidence_id)
            for record in to_acknowledge(user)
        ),
        *came_back([found.enrolment for found in collecting]),
        *to_sign(user, collecting, facts),
        *of_plans(user, day),
    ]
    return OwnPortfolio(
        units=[
            MyUnit(
                row,
                progress_in(facts[row.pk]),
                names.get((row.assessor_id, row.centre_id), ""),
                kept_pace(row, timezone.localdate()),
            )
            for row in enrolments
        ],
        waiting=sorted(waiting, key=lambda entry: entry.at, reverse=True),
    )


def progress_in(facts: UnitFacts) -> Progress:
    """The unit's progress in layers."""
    return progress_of({criterion.pk: criterion.layer for criterion in facts.criteria})


# --- what waits ------------------------------------------------------------------------------------------------------


def open_versions(user: User) -> list[EvidenceVersion]:
    """Drafts, and items returned. One query."""
    waiting = EvidenceVersion.objects.filter(replaced_at=None, status__in=(ItemStatus.DRAFT, ItemStatus.RETURNED))
    return list(waiting.filter(evidence__candidate__user=user).select_related("evidence"))


def latest_words(versions: list[EvidenceVersion]) -> dict[int, Review]:
    """The latest reading of each item returned, by version. One query, where there is one."""
    returned = [version.pk for version in versions if version.status == ItemStatus.RETURNED]
    readings = Review.objects.filter(version__in=returned).order_by("pk") if returned else ()
    return {reading.version_id: reading for reading in readings}


def is_superseded(version: EvidenceVersion, redrafted: set[int]) -> bool:
    """An item returned whose next version is a draft already: the draft is what waits."""
    return version.status == ItemStatus.RETURNED and version.evidence_id in redrafted


def waiting_version(version: EvidenceVersion, words: Review | None) -> Waiting:
    """An item returned, or a draft to hand in."""
    evidence = version.evidence
    name = f"{evidence}: {version.title}" if evidence.number else version.title
    if version.status == ItemStatus.DRAFT:
        text = "The earlier version stays in force until you hand this one in." if evidence.number else ""
        return Waiting(version.created_at, "Draft to hand in", name, "assessments:submit_evidence", evidence.pk, text)
    at, said = (words.at, words.feedback) if words else (version.created_at, "")
    return Waiting(at, "Returned", name, "assessments:evidence", evidence.pk, said)


def feedback_in(rows: Iterable[UnitRows], facts: dict[int, UnitFacts], redrafted: set[int]) -> Iterator[Waiting]:
    """Items read whose latest word on a criterion is not yet or contributes, while nothing else meets it."""
    for found in rows:
        unmet = {row.pk: row.number for row in facts[found.enrolment.pk].criteria if row.layer not in MET}
        latest = {(row.version_id, row.criterion_id): row for row in found.decided}
        said: dict[int, list[tuple[Mapped, Decided]]] = defaultdict(list)
        for row in found.mapped:
            word = latest.get((row.version_id, row.criterion_id))
            if word and row.status == ItemStatus.REVIEWED and row.criterion_id in unmet and needs_more(word):
                said[row.evidence_id].append((row, word))
        for evidence_id, words in said.items():
            if evidence_id not in redrafted:
                yield feedback_on(words, found.enrolment, unmet)


def needs_more(word: Decided) -> bool:
    """Whether the candidate has something to do about a decision."""
    return word.verdict in MORE_NEEDED or word.countersigned is False


def feedback_on(words: list[tuple[Mapped, Decided]], enrolment: Enrolment, numbers: dict[int, str]) -> Waiting:
    """What was said of one item in one unit, as one thing to look at."""
    item, newest = words[0][0], max((word for _, word in words), key=lambda word: word.pk)
    which = ", ".join(numbers[word.criterion_id] for _, word in words)
    return Waiting(
        at=newest.at,
        kind=f"More needed for {enrolment.unit.short_code} {which}",
        title=f"{item.item}: {item.title}",
        place="assessments:evidence",
        pk=item.evidence_id,
        text=newest.feedback,
    )


def came_back(enrolments: Iterable[Enrolment]) -> Iterator[Waiting]:
    """Units the candidate had declared that were referred or sent back since, with the reason. One query."""
    units = {row.pk: row for row in enrolments}
    voided = SignOff.objects.filter(
        enrolment__in=units, part=SignedAs.CANDIDATE, signature__void__isnull=False
    ).select_related("signature__void")
    latest = {row.enrolment_id: row.signature.void for row in voided.order_by("pk")}
    for pk, void in latest.items():
        yield Waiting(void.at, "Came back to you", str(units[pk].unit), "assessments:enrolment", pk, void.reason)


def to_sign(user: User, rows: Iterable[UnitRows], facts: dict[int, UnitFacts]) -> Iterator[Waiting]:
    """Units with everything met and nothing waiting: the candidate's statement of competence is next."""
    person = Person(user.pk, frozenset())
    for found in rows:
        if not unit_needs(Verb.DECLARE, person, facts[found.enrolment.pk]):
            at, pk = max(row.at for row in found.decided), found.enrolment.pk
            yield Waiting(at, "Ready for your signature", str(found.enrolment.unit), "assessments:declare", pk)


def of_plans(user: User, day: datetime.date) -> Iterator[Waiting]:
    """Plans and reviews to agree, and activities whose day is near or has passed with nothing of it begun."""
    for row in to_agree(user):
        if row.review_id and row.held_on and row.recorded_at:
            text = f"Held on {row.held_on:%-d %B %Y}. {row.next_steps}"
            place = "assessments:agree_review"
            yield Waiting(row.recorded_at, "Review to sign", row.name, place, row.review_id, text)
        else:
            yield Waiting(row.proposed_at, "Plan to agree", row.name, "assessments:plan", row.plan_id)
    for activity in activities_due(user, day):
        agreed_at = activity.plan.agreed_at or activity.plan.made_at
        kind = "Missed its day" if activity.due_on < day else "Planned"
        text = f"On or by {activity.due_on:%-d %B %Y}: {activity.get_kind_display().lower()}."
        yield Waiting(agreed_at, kind, activity.what, "assessments:plan", activity.plan_id, text)
