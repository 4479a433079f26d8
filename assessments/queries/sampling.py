"""What waits for an internal verifier, and the units they verify.

What waits and the list are two pages, each in a fixed number of queries, however many candidates there are.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from assessments.enums import ItemStatus, SampleStage, Setting, UnitStatus
from assessments.models import (
    Action,
    Alarm,
    Decision,
    Enrolment,
    EnrolmentQuerySet,
    EvidenceFile,
    EvidenceVersion,
    Release,
    Sample,
    UnsampledNote,
)
from assessments.models.enrolment import STAFF
from assessments.models.verification import past_due
from assessments.queries.alarms import open_alarms
from assessments.queries.caseload import CaseRow, case_rows
from assessments.queries.enrolment import BY_CANDIDATE, name_of
from assessments.queries.judgement import rows_of, stale_parts, with_signatures
from assessments.queries.verification import AGREEING
from assessments.queries.widening import FINDING, Finding, findings_read, open_findings
from portfolio.compiled import Count, Listed, Word, compiled
from portfolio.models import StaffRecord, User, centres_of
from units.enums import VerifierSignature

SHORT_LIST = 5
"""How many of each kind are shown, those waiting longest first, before it says that there are more."""

WAITING = (
    "pk",
    "candidate__known_as",
    "candidate__legal_name",
    "unit__short_code",
    "assessor_name",
    "signed_off_at",
)
NAMED = ("enrolment__candidate__known_as", "enrolment__candidate__legal_name", "enrolment__unit__short_code")
MAPPED_TO = "version__evidence__mappings__enrolment"
SAMPLE, VERIFY, CHANGED = "sample", "verify", "changed"


@dataclass(frozen=True)
class Names:
    """The names staff go by at their centres."""

    found: dict[tuple[int, int], str]
    assessors: list[tuple[int, str]]

    def of(self, user_id: int, centre_id: int) -> str:
        """The person's name there; empty where the centre keeps no record of them."""
        return self.found.get((user_id, centre_id), "")


@dataclass(frozen=True)
class UnitWaiting:
    """A signed unit that waits for its verifier. `stale`: who signed what has changed since."""

    enrolment_id: int
    candidate: str
    unit: str
    assessor: str
    signed_off_at: datetime.datetime
    sampled: bool
    next_step: str
    stale: tuple[str, ...] = ()
    simulated: bool = False
    """Whether evidence of it is simulated: all of that is sampled (domain rule 17)."""


@dataclass(frozen=True)
class SampleWaiting:
    """A sample to be taken."""

    sample_id: int
    candidate: str
    unit: str
    stage: str
    reason: str
    planned_at: datetime.datetime


@dataclass(frozen=True)
class ActionWaiting:
    """An action that was answered, or is overdue, and whom it was given to."""

    action_id: int
    candidate: str
    unit: str
    wanted: str
    due_on: datetime.date
    owner: str


@dataclass(frozen=True)
class AlarmWaiting:
    """A sample of which something changed since, and what that was first."""

    alarm_id: int
    candidate: str
    unit: str
    sampled_at: datetime.datetime
    first: str


@dataclass(frozen=True)
class Desk:
    """What waits for a verifier. `more`: whether some list was too long to be shown in full."""

    alarms: list[AlarmWaiting]
    findings: list[Finding]
    changed: list[UnitWaiting]
    answered: list[ActionWaiting]
    overdue: list[ActionWaiting]
    samples: list[SampleWaiting]
    to_sample: list[UnitWaiting]
    to_verify: list[UnitWaiting]
    more: bool

    @property
    def empty(self) -> bool:
        looked_at = self.alarms or self.findings or self.changed or self.answered or self.overdue
        return not (looked_at or self.samples or self.to_sample or self.to_verify)


def verifies(user: User, day: datetime.date, leads: Iterable[int] = (), *, at: str = "", centre: str = "") -> Q:
    """The units a person verifies by a role in force, and all of the centres (by id) where they lead verification.

    `at` leads from the row asked about to its enrolment, e.g. `enrolment__`, and `centre` to its centre where it is
    nearer than that. Nobody verifies their own unit.
    """
    centre = centre or f"{at}centre"
    theirs = Q(**{f"{at}verifier": user, f"{centre}__in": centres_of(user, *STAFF, day=day)})
    led = list(leads)
    return theirs | (Q(**{f"{centre}__in": led}) & ~Q(**{f"{at}candidate_user": user})) if led else theirs


class Verified(NamedTuple):
    """Whose list of units verified it is, and what narrows it: `leads` the centres where they lead verification."""

    user: User
    leads: list[int]
    day: datetime.date
    status: str = ""
    assessor: int | None = None


def verified(wanted: Verified) -> EnrolmentQuerySet:
    """The units a person verifies, and all of the centres where they lead verification; by candidate."""
    units = Enrolment.objects.filter(verifies(wanted.user, wanted.day, wanted.leads))
    if wanted.status:
        units = units.filter(status=wanted.status)
    if wanted.assessor is not None:
        units = units.filter(assessor=wanted.assessor)
    return units.order_by(*BY_CANDIDATE)


def verified_listed(wanted: Verified) -> Listed[Enrolment]:
    """The same, as their page lists them."""
    return _verified.listed(wanted._replace(status=Word(wanted.status)))


@compiled
def _verified(wanted: Verified) -> QuerySet[Enrolment]:
    return listed(verified(wanted))


TAKEN = Sample.objects.filter(enrolment=OuterRef("pk"), done_at__isnull=False).order_by("-done_at")
SAMPLED_AT = Subquery(TAKEN.values("done_at")[:1])


def listed(units: EnrolmentQuerySet, *more: str) -> QuerySet[Enrolment]:
    """The units with all a line of the list shows, and `more`; `sampled_at` is when its last sample was taken."""
    return units.listed(*more).annotate(sampled_at=SAMPLED_AT)


def names_in(wanted: Verified, centres: Iterable[int]) -> Names:
    """The names of the centres' staff, and those among them who assess these units. One query."""
    rows = _names(wanted._replace(status=Word(""), assessor=None), list(centres))
    return Names(
        found={(user, centre): name for user, centre, name, _ in rows},
        assessors=list({user: name for user, _, name, found in rows if found}.items()),
    )


@compiled
def _names(wanted: Verified, centres: list[int]) -> QuerySet[StaffRecord, tuple[int, int, str, bool]]:
    assesses = Q(user__in=verified(wanted).order_by().values("assessor"))
    staff = StaffRecord.objects.filter(centre__in=centres).annotate(
        assesses=ExpressionWrapper(assesses, BooleanField())
    )
    return staff.order_by("name", "pk").values_list("user_id", "centre_id", "name", "assesses")


def lines_of(page: list[Enrolment], names: Names) -> list[CaseRow]:
    """The lines of one page of the list. One query."""
    return [with_names(row, names) for row in case_rows(page)]


def desk(user: User, leads: Iterable[int], day: datetime.date) -> Desk:
    """What waits for a verifier, in six queries; in six more where something signed may have changed since."""
    changed = changed_since_declared(user, day)
    stale = stale_among([unit.enrolment_id for unit in changed])
    most = SHORT_LIST + 1 + len(stale)  # as many as are listed and one, beside what is listed as changed
    units = [unit for unit in idle(user, day, most) if unit.enrolment_id not in stale]
    led = list(leads)
    answered, overdue = actions_waiting(user, led, day)
    found = Desk(
        alarms=alarms_waiting(user, day),
        findings=findings_read(_findings(user, led, day, one_more())),
        changed=[replace(unit, stale=stale[unit.enrolment_id]) for unit in changed if unit.enrolment_id in stale],
        answered=answered,
        overdue=overdue,
        samples=samples_waiting(user, day),
        to_sample=[unit for unit in units if unit.next_step == SAMPLE],
        to_verify=[unit for unit in units if unit.next_step == VERIFY],
        more=len(changed) > SHORT_LIST,
    )
    return cut(found)


def one_more() -> Count:
    """As many as are shown, and one that says there are more."""
    return Count(SHORT_LIST + 1)


def cut(found: Desk) -> Desk:
    """The desk with its lists cut to what is shown."""
    lists = (
        found.alarms,
        found.findings,
        found.answered,
        found.overdue,
        found.samples,
        found.to_sample,
        found.to_verify,
    )
    return Desk(
        alarms=found.alarms[:SHORT_LIST],
        findings=found.findings[:SHORT_LIST],
        changed=found.changed[:SHORT_LIST],
        answered=found.answered[:SHORT_LIST],
        overdue=found.overdue[:SHORT_LIST],
        samples=found.samples[:SHORT_LIST],
        to_sample=found.to_sample[:SHORT_LIST],
        to_verify=found.to_verify[:SHORT_LIST],
        more=found.more or any(len(rows) > SHORT_LIST for rows in lists),
    )


def simulated_in(enrolment: OuterRef) -> QuerySet[EvidenceVersion]:
    """What was handed in for a unit that is simulated."""
    versions = EvidenceVersion.objects.filter(
        setting=Setting.SIMULATED,
        submitted_at__isnull=False,
        replaced_at=None,
        evidence__mappings__enrolment=enrolment,
        evidence__mappings__taken_back_at=None,
    )
    return versions.exclude(status=ItemStatus.WITHDRAWN)


OLDEST_FIRST = ("signed_off_at", "pk")
SAMPLES = Sample.objects.filter(enrolment=OuterRef("pk"))
SAMPLED = Exists(SAMPLES.filter(outcome__in=AGREEING))
READY = Q(sampled=True) | Q(unit__awarding_body__verifier_signature=VerifierSignature.ALWAYS)
IDLE = (
    Enrolment.objects.filter(
        ~Exists(SAMPLES.still_open()),
        ~Exists(Alarm.objects.still_open().filter(sample__enrolment=OuterRef("pk"))),
        status=UnitStatus.SIGNED_OFF,
    )
    .annotate(
        sampled=SAMPLED,
        ready=ExpressionWrapper(READY, BooleanField()),
        asked=Exists(Action.objects.filter(enrolment=OuterRef("pk"), closed_at=None)),
        noted=Exists(UnsampledNote.objects.filter(enrolment=OuterRef("pk"), at__gte=OuterRef("signed_off_at"))),
    )
    .filter(Q(ready=True, asked=False) | Q(ready=False, noted=False))
)
"""Units signed off without an open sample or alarm, of which something is to be done: verified, once they are `ready`,
or sampled. What else is told of one is asked of those alone that are shown."""


def idle(user: User, day: datetime.date, most: int) -> list[UnitWaiting]:
    """Units this person verifies that their assessor signed off and nobody is at, in one query; the oldest first, and
    at `most` so many to be sampled and as many to be verified.

    One that was sampled, or whose body wants the verifier on every unit, is ready to verify once no action is open.
    One that changed since waits as such.
    Any other is to be sampled, unless a verifier wrote down since why it is not.
    """
    return [
        replace(unit_waiting(told, sampled, VERIFY if ready else SAMPLE), simulated=simulated)
        for *told, sampled, ready, simulated in _idle(user, day, Count(most))
    ]


@compiled
def _idle(user: User, day: datetime.date, most: Count) -> QuerySet[Enrolment, Any]:
    place = Window(RowNumber(), partition_by="ready", order_by=OLDEST_FIRST)
    shown = IDLE.filter(verifies(user, day)).annotate(place=place).filter(place__lte=most).values("pk")
    told = Enrolment.objects.filter(pk__in=shown).annotate(
        sampled=SAMPLED,
        ready=ExpressionWrapper(READY, BooleanField()),
        simulated=Exists(simulated_in(OuterRef("pk"))),
        assessor_name=name_of("assessor"),
    )
    return told.order_by(*OLDEST_FIRST).values_list(*WAITING, "sampled", "ready", "simulated")


def unit_waiting(told: Sequence[Any], sampled: bool, what: str) -> UnitWaiting:
    """A unit that waits, from the columns of `WAITING`."""
    pk, known_as, legal_name, unit, assessor, at = told
    return UnitWaiting(pk, known_as or legal_name, unit, assessor or "", at, sampled, what)


def changed_since_declared(user: User, day: datetime.date) -> list[UnitWaiting]:
    """Signed units with a file in force that was shut away, released or destroyed since they were declared complete.

    Such files are few and have an index of their own: whatever they are mapped to is found first, and only that is
    looked at closely. One query where there are none, else two.
    """
    touched = set(_touched(user, day))
    if not touched:
        return []
    since = Q(quarantined_at__gt=OuterRef("declared_at")) | Q(destroyed_at__gt=OuterRef("declared_at"))
    since |= Q(releases__released_at__gt=OuterRef("declared_at"))
    units = Enrolment.objects.filter(
        verifies(user, day),
        Exists(gone_from(user, day).filter(since, **{MAPPED_TO: OuterRef("pk")})),
        status__in=(UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED),
        pk__in=touched,
    )
    named = units.annotate(assessor_name=name_of("assessor"))
    rows = named.order_by("signed_off_at", "pk").values_list(*WAITING)
    return [unit_waiting(told, False, CHANGED) for told in rows[: SHORT_LIST + 1]]


def gone_from(user: User, day: datetime.date) -> QuerySet[EvidenceFile]:
    """Files in force that were shut away, released or destroyed, in the portfolios of the centres where the person is
    on the staff."""
    shut = EvidenceFile.objects.filter(Q(quarantined_at__isnull=False) | Q(destroyed_at__isnull=False))
    released = Release.objects.order_by().values("file")
    return EvidenceFile.objects.filter(
        pk__in=shut.order_by().values("pk").union(released),
        version__replaced_at=None,
        version__evidence__centre__in=centres_of(user, *STAFF, day=day),
        version__evidence__mappings__taken_back_at=None,
    )


@compiled
def _touched(user: User, day: datetime.date) -> QuerySet[EvidenceFile, int]:
    return gone_from(user, day).order_by().values_list(MAPPED_TO, flat=True)


def samples_waiting(user: User, day: datetime.date) -> list[SampleWaiting]:
    """Samples this verifier is to close, the oldest first; one more than the short list holds, where there are more."""
    return [
        SampleWaiting(pk, known_as or legal_name, unit, SampleStage(stage).label, reason, at)
        for pk, known_as, legal_name, unit, stage, reason, at in _open_samples(user, day, one_more())
    ]


@compiled
def _open_samples(user: User, day: datetime.date, most: Count) -> QuerySet[Sample, Any]:
    mine = Sample.objects.still_open().filter(verifies(user, day, at="enrolment__", centre="centre"))
    kept = mine.exclude(enrolment__status=UnitStatus.WITHDRAWN).order_by("planned_at", "pk")
    return kept.values_list("pk", *NAMED, "stage", "reason", "planned_at")[:most]


def alarms_waiting(user: User, day: datetime.date) -> list[AlarmWaiting]:
    """Open alarms in the units this person verifies, the oldest first. One query."""
    return [
        AlarmWaiting(pk, known_as or legal_name, unit, at, first)
        for pk, known_as, legal_name, unit, at, first in _alarms(user, day, one_more())
    ]


@compiled
def _alarms(user: User, day: datetime.date, most: Count) -> QuerySet[Alarm, Any]:
    alarms = open_alarms().filter(verifies(user, day, at="sample__enrolment__", centre="sample__centre"))
    columns = (f"sample__{column}" for column in (*NAMED, "done_at"))
    return alarms.values_list("pk", *columns, "first")[:most]


@compiled
def _findings(user: User, leads: list[int], day: datetime.date, most: Count) -> QuerySet[Sample, Any]:
    """Findings of which this verifier is to say what follows for the plan, the oldest first."""
    judged = Q(enrolment__assessor=user) | Q(enrolment__countersigner=user)
    judged |= Q(enrolment__in=Decision.objects.filter(review__assessor=user).values("enrolment"))
    mine = open_findings().filter(verifies(user, day, leads, at="enrolment__", centre="centre")).exclude(judged)
    return mine.values_list(*FINDING)[:most]


def actions_waiting(
    user: User, leads: list[int], day: datetime.date
) -> tuple[list[ActionWaiting], list[ActionWaiting]]:
    """Actions answered, for this verifier to close, and those not answered though their day has passed: one query."""
    found: dict[bool, list[ActionWaiting]] = {True: [], False: []}
    for at, pk, known_as, legal_name, unit, wanted, due_on, owner in _actions(user, leads, day):
        waiting = ActionWaiting(pk, known_as or legal_name, unit, wanted, due_on, owner or "")
        found[at is not None].append(waiting)
    return found[True], found[False]


@compiled
def _actions(user: User, leads: list[int], day: datetime.date) -> QuerySet[Action, Any]:
    answered = verifies(user, day, at="enrolment__") & Q(answered_at__isnull=False)
    overdue = verifies(user, day, leads, at="enrolment__") & past_due(day)
    actions = Action.objects.filter(answered | overdue, closed_at=None).exclude(enrolment__status=UnitStatus.WITHDRAWN)
    named = actions.annotate(owner_name=name_of("owner", "centre"))
    columns = ("answered_at", "pk", *NAMED, "wanted", "due_on", "owner_name")
    return named.order_by("due_on", "pk").values_list(*columns)


def stale_among(enrolment_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Who signed what has changed since, by unit, in six queries; in none where nothing may have changed."""
    if not enrolment_ids:
        return {}
    found = with_signatures(rows_of(list(Enrolment.objects.filter(pk__in=enrolment_ids).listed())))
    return {
        unit.enrolment.pk: tuple(dict.fromkeys(part.signer for part in stale))
        for unit in found
        if (stale := stale_parts(unit))
    }


def with_names(row: CaseRow, names: Names) -> CaseRow:
    """A unit in the list, with who assesses and who verifies it."""
    unit = row.enrolment
    assessor, verifier = names.of(unit.assessor_id, unit.centre_id), names.of(unit.verifier_id, unit.centre_id)
    return replace(row, assessor=assessor, verifier=verifier)
