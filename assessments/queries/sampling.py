"""What waits for an internal verifier, and the units they verify.

Six queries find what waits, three the page of the list and its names, two its progress, and five more look closely
at units in which a file was shut away since they were signed, however many candidates there are.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from assessments.enums import UnitStatus
from assessments.models import Action, ActionQuerySet, Enrolment, EnrolmentQuerySet, EvidenceFile, Sample, UnsampledNote
from assessments.queries.caseload import CaseRow, case_rows
from assessments.queries.judgement import rows_of, stale_parts, with_signatures
from assessments.queries.verification import AGREEING
from portfolio.models import StaffRecord, User
from units.enums import VerifierSignature

SHORT_LIST = 10
"""How many of each kind are shown, those waiting longest first, before it says that there are more."""

ALWAYS = Q(unit__awarding_body__verifier_signature=VerifierSignature.ALWAYS)
LISTED = (
    "enrolment__centre",
    "enrolment__candidate__legal_name",
    "enrolment__candidate__known_as",
    "enrolment__unit__short_code",
)
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

    enrolment: Enrolment
    assessor: str
    sampled: bool
    next_step: str
    stale: tuple[str, ...]


@dataclass(frozen=True)
class ActionWaiting:
    """An action that was answered, or is overdue, and whom it was given to."""

    action: Action
    owner: str


@dataclass(frozen=True)
class Desk:
    """What waits for a verifier. `more`: whether some list was too long to be shown in full."""

    changed: list[UnitWaiting]
    answered: list[ActionWaiting]
    overdue: list[ActionWaiting]
    samples: list[Sample]
    to_sample: list[UnitWaiting]
    to_verify: list[UnitWaiting]
    more: bool

    @property
    def empty(self) -> bool:
        return not (self.changed or self.answered or self.overdue or self.samples or self.to_sample or self.to_verify)


def verified_by(user: User, leads: Iterable[int], day: datetime.date) -> EnrolmentQuerySet:
    """The units a person verifies, and all of the centres (by id) where they lead verification; by candidate."""
    visible = Enrolment.objects.visible_to(user, day).exclude(candidate_user=user)
    return visible.filter(Q(verifier=user) | Q(centre__in=list(leads))).order_by(
        "candidate__legal_name", "candidate_id", "unit_id"
    )


def narrowed(units: EnrolmentQuerySet, *, status: str, assessor: int | None) -> EnrolmentQuerySet:
    """The units that stand there, of that assessor."""
    if status:
        units = units.filter(status=status)
    if assessor is not None:
        units = units.filter(assessor=assessor)
    return units


def listed(units: EnrolmentQuerySet) -> QuerySet[Enrolment]:
    """The units with all a line of the list shows; `sampled_at` is when the last sample of it was taken."""
    taken = Sample.objects.filter(enrolment=OuterRef("pk"), done_at__isnull=False).order_by("-done_at")
    return units.listed().annotate(sampled_at=Subquery(taken.values("done_at")[:1]))


def names_in(units: QuerySet[Enrolment], centres: Iterable[int]) -> Names:
    """The names of the centres' staff, and those among them who assess these units. One query."""
    assesses = units.filter(assessor=OuterRef("user"), centre=OuterRef("centre")).order_by()
    rows = list(
        StaffRecord.objects.filter(centre__in=list(centres))
        .annotate(assesses=Exists(assesses))
        .order_by("name", "pk")
        .values_list("user_id", "centre_id", "name", "assesses")
    )
    return Names(
        found={(user, centre): name for user, centre, name, _ in rows},
        assessors=list({user: name for user, _, name, found in rows if found}.items()),
    )


def desk_and_lines(
    user: User, units: QuerySet[Enrolment], page: list[Enrolment], names: Names, day: datetime.date
) -> tuple[Desk, list[CaseRow]]:
    """What waits, and the lines of one page of the list."""
    changed = longest_waiting(signed(user, day).filter(changed_since_declared()))
    stale = stale_among(changed)
    to_verify = longest_waiting(ready_to_verify(user, day).exclude(pk__in=stale))
    to_sample = longest_waiting(not_looked_at(user, day).exclude(pk__in=stale))
    samples = list(open_samples(user, day)[: SHORT_LIST + 1])
    answered = list(answered_actions(user, units)[: SHORT_LIST + 1])
    overdue = list(overdue_actions(units, day)[: SHORT_LIST + 1])
    desk = Desk(
        changed=[unit_waiting(row, CHANGED, names, stale[row.pk]) for row in changed[:SHORT_LIST] if row.pk in stale],
        answered=[action_waiting(row, names) for row in answered[:SHORT_LIST]],
        overdue=[action_waiting(row, names) for row in overdue[:SHORT_LIST]],
        samples=samples[:SHORT_LIST],
        to_sample=[unit_waiting(row, SAMPLE, names) for row in to_sample[:SHORT_LIST]],
        to_verify=[unit_waiting(row, VERIFY, names) for row in to_verify[:SHORT_LIST]],
        more=any(len(found) > SHORT_LIST for found in (changed, answered, overdue, samples, to_sample, to_verify)),
    )
    return desk, [with_names(row, names) for row in case_rows(page, waiting=False)]


def signed(user: User, day: datetime.date) -> EnrolmentQuerySet:
    """Units this person verifies that their assessor signed off, `sampled` or not."""
    units = Enrolment.objects.held_by(user, "verifier", day)
    return units.filter(status__in=(UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)).annotate(sampled=was_sampled())


def was_sampled() -> Exists:
    """A sample of the unit was agreed."""
    return Exists(Sample.objects.filter(enrolment=OuterRef("pk"), outcome__in=AGREEING))


def idle(user: User, day: datetime.date) -> EnrolmentQuerySet:
    """Units signed off of which no sample is open."""
    samples = Sample.objects.filter(enrolment=OuterRef("pk"))
    return signed(user, day).filter(~Exists(samples.still_open()), status=UnitStatus.SIGNED_OFF)


def ready_to_verify(user: User, day: datetime.date) -> EnrolmentQuerySet:
    """Units that were sampled, or whose body wants the verifier on every unit; with no action open."""
    actions = Action.objects.filter(enrolment=OuterRef("pk"), closed_at=None)
    return idle(user, day).filter(ALWAYS | was_sampled(), ~Exists(actions))


def not_looked_at(user: User, day: datetime.date) -> EnrolmentQuerySet:
    """Units of which nothing says yet that they were looked at, or why not."""
    notes = UnsampledNote.objects.filter(enrolment=OuterRef("pk"), at__gte=OuterRef("signed_off_at"))
    return idle(user, day).filter(~ALWAYS, ~was_sampled(), ~Exists(notes))


def longest_waiting(units: EnrolmentQuerySet) -> list[Enrolment]:
    """Those that have waited longest: one more than the short list holds, where there are more."""
    return list(units.listed().order_by("signed_off_at", "pk")[: SHORT_LIST + 1])


def changed_since_declared() -> Q:
    """A file of an item in force was shut away or destroyed after the unit was declared complete.

    Such files are few and have an index of their own: whatever they are mapped to is found first, and only that is
    looked at closely.
    """
    gone = EvidenceFile.objects.filter(Q(quarantined_at__isnull=False) | Q(destroyed_at__isnull=False))
    in_force = gone.filter(version__replaced_at=None, version__evidence__mappings__taken_back_at=None)
    since = Q(quarantined_at__gt=OuterRef("declared_at")) | Q(destroyed_at__gt=OuterRef("declared_at"))
    here = in_force.filter(since, version__evidence__mappings__enrolment=OuterRef("pk"))
    return Q(pk__in=in_force.values("version__evidence__mappings__enrolment")) & Q(Exists(here))


def open_samples(user: User, day: datetime.date) -> QuerySet[Sample]:
    """Samples this verifier is to close, the oldest first."""
    mine = Sample.objects.visible_to(user, day).still_open().filter(enrolment__verifier=user)
    return (
        mine.exclude(enrolment__status=UnitStatus.WITHDRAWN)
        .select_related("enrolment__candidate", "enrolment__unit")
        .only("stage", "reason", "planned_at", *LISTED)
        .order_by("planned_at", "pk")
    )


def answered_actions(user: User, units: QuerySet[Enrolment]) -> QuerySet[Action]:
    """Actions answered, for this verifier to close, by the day they were due."""
    return actions_in(units).filter(answered_at__isnull=False, enrolment__verifier=user)


def overdue_actions(units: QuerySet[Enrolment], day: datetime.date) -> QuerySet[Action]:
    """Actions not answered though their day has passed, by that day."""
    return actions_in(units).overdue(day)


def actions_in(units: QuerySet[Enrolment]) -> ActionQuerySet:
    """Actions still open in these units."""
    return (
        Action.objects.filter(closed_at=None, enrolment__in=units.order_by())
        .exclude(enrolment__status=UnitStatus.WITHDRAWN)
        .select_related("enrolment__candidate", "enrolment__unit")
        .only("wanted", "due_on", "answered_at", "owner", *LISTED)
        .order_by("due_on", "pk")
    )


def stale_among(units: list[Enrolment]) -> dict[int, tuple[str, ...]]:
    """Who signed what has changed since, by unit, in five queries; in none where nothing may have changed."""
    found = with_signatures(rows_of(units)) if units else []
    return {unit.enrolment.pk: stale for unit in found if (stale := stale_parts(unit))}


def unit_waiting(enrolment: Enrolment, what: str, names: Names, stale: tuple[str, ...] = ()) -> UnitWaiting:
    """A unit of the desk."""
    return UnitWaiting(
        enrolment=enrolment,
        assessor=names.of(enrolment.assessor_id, enrolment.centre_id),
        sampled=getattr(enrolment, "sampled", False),
        next_step=what,
        stale=tuple(dict.fromkeys(part.split(",")[0] for part in stale)),
    )


def action_waiting(action: Action, names: Names) -> ActionWaiting:
    """An action of the desk."""
    return ActionWaiting(action, names.of(action.owner_id, action.enrolment.centre_id))


def with_names(row: CaseRow, names: Names) -> CaseRow:
    """A unit in the list, with who assesses and who verifies it."""
    unit = row.enrolment
    assessor, verifier = names.of(unit.assessor_id, unit.centre_id), names.of(unit.verifier_id, unit.centre_id)
    return replace(row, assessor=assessor, verifier=verifier)
