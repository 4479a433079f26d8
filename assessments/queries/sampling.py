"""What waits for an internal verifier, and the units they verify.

Three queries find what waits, three the page of the list and its names, five the rows of all of these at most, however
many candidates there are.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from assessments.enums import UnitStatus
from assessments.models import Action, Enrolment, EvidenceFile, Sample, UnsampledNote
from assessments.progress import layers, progress_of
from assessments.queries.caseload import CaseRow
from assessments.queries.judgement import UnitRows, rows_of, stale_parts, with_signatures
from assessments.queries.verification import AGREEING
from portfolio.models import StaffRecord, User
from units.enums import VerifierSignature

SHORT_LIST = 10
"""How many of each kind are shown, those waiting longest first, before it says that there are more."""

Numbered = TypeVar("Numbered", Enrolment, Action)
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


def verified_by(user: User, leads: Iterable[int], day: datetime.date) -> QuerySet[Enrolment]:
    """The units a person verifies, and all of the centres (by id) where they lead verification; by candidate."""
    visible = Enrolment.objects.visible_to(user, day).exclude(candidate_user=user)
    return visible.filter(Q(verifier=user) | Q(centre__in=list(leads))).order_by(
        "candidate__legal_name", "candidate_id", "unit_id"
    )


def narrowed(units: QuerySet[Enrolment], *, status: str, assessor: int | None) -> QuerySet[Enrolment]:
    """The units that stand there, of that assessor."""
    if status:
        units = units.filter(status=status)
    if assessor is not None:
        units = units.filter(assessor=assessor)
    return units


def listed(units: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """The units with all a line of the list shows; `sampled_at` is when the last sample of it was taken."""
    taken = Sample.objects.filter(enrolment=OuterRef("pk"), done_at__isnull=False).order_by("-done_at")
    return units.select_related("candidate", "unit").annotate(sampled_at=Subquery(taken.values("done_at")[:1]))


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
    """What waits, and the lines of one page of the list, their rows read together."""
    units_found, samples = list(waiting_for(user, day)), list(open_samples(user, day)[: SHORT_LIST + 1])
    actions = list(actions_waiting(user, units, day))
    found, asked = within_short_list(units_found), within_short_list(actions)
    rows = {row.enrolment.pk: row for row in rows_of(list({row.pk: row for row in [*page, *found]}.values()))}
    stale = stale_among(rows[row.pk] for row in found if getattr(row, "kind", "") == CHANGED)
    waiting = [unit_waiting(row, stale.get(row.pk, ()), names) for row in found]
    shown = [ActionWaiting(row, names.of(row.owner_id, row.enrolment.centre_id)) for row in asked]
    desk = Desk(
        changed=[unit for unit in waiting if unit.next_step == CHANGED],
        answered=[row for row in shown if row.action.answered_at],
        overdue=[row for row in shown if not row.action.answered_at],
        samples=samples[:SHORT_LIST],
        to_sample=[unit for unit in waiting if unit.next_step == SAMPLE],
        to_verify=[unit for unit in waiting if unit.next_step == VERIFY],
        more=len(found) < len(units_found) or len(asked) < len(actions) or len(samples) > SHORT_LIST,
    )
    return desk, [line_of(enrolment, rows[enrolment.pk], names) for enrolment in page]


def numbered(kind: str, since: str) -> Window:
    """The place of a row among those of its kind, by what has waited longest."""
    return Window(RowNumber(), partition_by=[F(kind)], order_by=[F(since), F("pk")])


def within_short_list(rows: list[Numbered]) -> list[Numbered]:
    """The rows to be shown, of those numbered by kind: the query brings one more of a kind where there are more."""
    return [row for row in rows if getattr(row, "place", 0) <= SHORT_LIST]


def waiting_for(user: User, day: datetime.date) -> QuerySet[Enrolment]:
    """Units that wait for this verifier, by kind the longest first and no more than the short list holds, and one.

    `next_step` says for what, where the unit is signed off: it was sampled, or its body wants the verifier on every
    unit, so it is to be verified; or nothing says yet that it was looked at. A signed unit in which a file changed
    since is a `kind` of its own, as that may have made a signature stale.
    """
    samples = Sample.objects.filter(enrolment=OuterRef("pk"))
    notes = UnsampledNote.objects.filter(enrolment=OuterRef("pk"), at__gte=OuterRef("signed_off_at"))
    actions = Action.objects.filter(enrolment=OuterRef("pk"), closed_at=None)
    always = Q(unit__awarding_body__verifier_signature=VerifierSignature.ALWAYS)
    idle = Q(status=UnitStatus.SIGNED_OFF) & ~Exists(samples.still_open())
    may_verify = always | Exists(samples.filter(outcome__in=AGREEING))
    next_step = Case(
        When(idle & may_verify & ~Exists(actions), then=Value(VERIFY)),
        When(idle & ~may_verify & ~Exists(notes), then=Value(SAMPLE)),
        default=Value(""),
    )
    return (
        Enrolment.objects.visible_to(user, day)
        .filter(verifier=user, status__in=(UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED))
        .select_related("candidate", "unit__awarding_body")
        .annotate(next_step=next_step, sampled=Exists(samples.filter(outcome__in=AGREEING)))
        .annotate(kind=Case(When(changed_since_declared(), then=Value(CHANGED)), default=F("next_step")))
        .exclude(kind="")
        .annotate(place=numbered("kind", "signed_off_at"))
        .filter(place__lte=SHORT_LIST + 1)
        .order_by("signed_off_at", "pk")
    )


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
        .order_by("planned_at", "pk")
    )


def actions_waiting(user: User, units: QuerySet[Enrolment], day: datetime.date) -> QuerySet[Action]:
    """Actions answered, for this verifier to close; and those overdue in all these units. By the day they were due, of
    each kind no more than the short list holds, and one."""
    answered = Q(answered_at__isnull=False, enrolment__verifier=user)
    overdue = Q(answered_at__isnull=True, due_on__lt=day)
    return (
        Action.objects.filter(answered | overdue, closed_at=None, enrolment__in=units.order_by())
        .exclude(enrolment__status=UnitStatus.WITHDRAWN)
        .annotate(is_answered=Case(When(answered_at=None, then=Value(0)), default=Value(1)))
        .annotate(place=numbered("is_answered", "due_on"))
        .filter(place__lte=SHORT_LIST + 1)
        .select_related("enrolment__candidate", "enrolment__unit")
        .order_by("due_on", "pk")
    )


def stale_among(units: Iterable[UnitRows]) -> dict[int, tuple[str, ...]]:
    """Who signed what has changed since, by unit, in two queries."""
    return {unit.enrolment.pk: stale_parts(unit) for unit in with_signatures(list(units))}


def unit_waiting(enrolment: Enrolment, stale: tuple[str, ...], names: Names) -> UnitWaiting:
    """A unit of the desk."""
    return UnitWaiting(
        enrolment=enrolment,
        assessor=names.of(enrolment.assessor_id, enrolment.centre_id),
        sampled=getattr(enrolment, "sampled", False),
        next_step=CHANGED if stale else getattr(enrolment, "next_step", ""),
        stale=tuple(dict.fromkeys(part.split(",")[0] for part in stale)),
    )


def line_of(enrolment: Enrolment, row: UnitRows, names: Names) -> CaseRow:
    """A unit in the list."""
    since = [mapped.waiting_since for mapped in row.mapped if mapped.waiting_since]
    return CaseRow(
        enrolment=enrolment,
        progress=progress_of(layers([criterion.pk for criterion in row.criteria], row.marks, enrolment.status)),
        oldest_waiting=min(since, default=None),
        assessor=names.of(enrolment.assessor_id, enrolment.centre_id),
        verifier=names.of(enrolment.verifier_id, enrolment.centre_id),
    )
