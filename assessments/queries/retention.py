"""What has been kept for long enough, which rule says so, and what holds it all the same."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from assessments.enums import UnitStatus
from assessments.keeping import DESTROYABLE, Keeping, Period, default_for, least
from assessments.models import (
    Action,
    AwardClaim,
    CentreAction,
    Certificate,
    Disposal,
    DisposalLine,
    Enrolment,
    ExternalAccess,
    KeepingRule,
    LegalHold,
    Sample,
)
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, RoleGrant, User
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody, CentreApproval

ENDED = (UnitStatus.CERTIFICATED, UnitStatus.REVOKED, UnitStatus.WITHDRAWN)
"""Nothing of a unit falls due before it has ended."""
NUMBERS = ("centre_reference", "candidate_number", "uln", "scn", "uci", "workplace")
"""Columns of a candidate's record that are blanked when their time is over. The name stays: it stands on what was
signed."""
Rules = dict[tuple[int, str], Keeping]


class Ended(NamedTuple):
    """A unit that has ended, as far as its records' time depends on it."""

    pk: int
    candidate_id: int
    candidate_user_id: int
    candidate: str
    body_id: int
    unit: str
    status: str
    ended_at: datetime.datetime | None
    certificate_on: datetime.date | None
    revoked_on: datetime.date | None
    frozen_at: datetime.datetime | None
    open_appeal: int | None

    @property
    def ended_on(self) -> datetime.date | None:
        """The day from which the time of its records counts."""
        if self.status == UnitStatus.WITHDRAWN:
            return timezone.localdate(self.ended_at) if self.ended_at else None
        days = [day for day in (self.certificate_on, self.revoked_on) if day]
        return max(days) if days else None

    @property
    def event_words(self) -> str:
        """What happened on that day."""
        if self.status == UnitStatus.WITHDRAWN:
            return "it was withdrawn"
        return "its certificate was revoked" if self.revoked_on else "its certificate"


@dataclass(frozen=True)
class Due:
    """A class of record whose time is over on a day, of a unit or of a candidate, and what holds it."""

    record_class: RecordClass
    candidate_id: int
    candidate_user_id: int
    candidate: str
    enrolment_id: int | None
    unit: str
    body: str
    counted_on: datetime.date
    event: str
    keeping: Keeping
    due_on: datetime.date
    holds: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`files-7`, `numbers-3`: how pages and addresses name it."""
        return f"{self.record_class}-{self.enrolment_id or self.candidate_id}"

    @property
    def under(self) -> str:
        """The rule, in words that stand on the order and on the certificate."""
        return f"{self.record_class.label} of {self.body}: {self.keeping.words}. {self.keeping.source}."

    @property
    def why(self) -> str:
        return f"{self.keeping.period} after {self.event} on {self.counted_on:%-d %B %Y}"

    @property
    def to_review(self) -> bool:
        return self.keeping.when_due == WhenDue.REVIEW

    @property
    def held(self) -> str:
        """What holds it, as one text for a list."""
        return " ".join(self.holds)


@dataclass(frozen=True)
class Scheduled:
    """A row of the schedule: a class of record of a body, the rule in force and what the body wants at least."""

    body: AwardingBody
    record_class: RecordClass
    keeping: Keeping | None
    least: Period | None
    set_at: datetime.datetime | None = None


# --- the schedule ----------------------------------------------------------------------------------------------------


def rules_at(centre: Centre, bodies: Iterable[AwardingBody]) -> tuple[Rules, dict[tuple[int, str], datetime.datetime]]:
    """The rule in force for each body and class that can be destroyed, and since when the centre's own hold. One query.

    Of rules that were set one after the other the newest counts.
    """
    rules: Rules = {(body.pk, name): default_for(body, name) for body in bodies for name in DESTROYABLE}
    since = {}
    for row in KeepingRule.objects.filter(centre=centre).order_by("pk"):
        key = (row.awarding_body_id, row.record_class)
        rules[key] = keeping_of(row)
        since[key] = row.set_at
    return rules, since


def keeping_of(row: KeepingRule) -> Keeping:
    return Keeping(
        RecordClass(row.record_class),
        CountedFrom(row.counted_from),
        Period(row.length, row.unit),
        WhenDue(row.when_due),
        row.source,
        own=True,
    )


def schedule_of(centre: Centre) -> list[Scheduled]:
    """Every class of record of every awarding body that the centre works for. Two queries."""
    bodies = bodies_of(centre)
    rules, since = rules_at(centre, bodies)
    return [
        Scheduled(body, name, rules.get((body.pk, name)), least(body, name), since.get((body.pk, name)))
        for body in bodies
        for name in RecordClass
    ]


def bodies_of(centre: Centre) -> list[AwardingBody]:
    """The awarding bodies that approved the centre, or whose units its candidates took. One query."""
    approved = CentreApproval.objects.filter(centre=centre).values("awarding_body")
    taken = Enrolment.objects.filter(centre=centre).order_by().values("unit__awarding_body")
    return list(AwardingBody.objects.filter(Q(pk__in=approved) | Q(pk__in=taken)).order_by("name"))


# --- what falls due --------------------------------------------------------------------------------------------------


def due_by(centre: Centre, until: datetime.date) -> list[Due]:
    """Everything whose time is over on or before the day, oldest first, each with all that holds it.

    What was destroyed, or waits in an order, is left out. The same few queries whatever there is.
    """
    bodies = {body.pk: body for body in bodies_of(centre)}
    rules, _ = rules_at(centre, bodies.values())
    units = ended_units(centre)
    last = last_days(centre, units)
    ordered = ordered_of(centre)
    found = [
        *(due for unit in units for due in of_unit(unit, bodies[unit.body_id], rules, last, ordered)),
        *of_candidates(units, bodies, rules, last, ordered),
    ]
    wanted = [due for due in found if due.due_on <= until]
    holds = holds_of(centre, units)
    held = [replace(due, holds=holds(due.candidate_id, due.enrolment_id)) for due in wanted]
    return sorted(held, key=lambda due: (due.due_on, due.candidate, due.unit, due.record_class))


def ended_units(centre: Centre, **among: int) -> list[Ended]:
    """The centre's units that have ended, with the day of their newest certificate. One query."""
    standing = Q(claims__taken_back_at=None)
    rows = (
        Enrolment.objects.filter(centre=centre, status__in=ENDED, **among)
        .annotate(
            certificate_on=Max("claims__certificates__issued_on", filter=standing),
            certificate_revoked_on=Max("claims__certificates__revoked_on", filter=standing),
        )
        .order_by("pk")
    )
    columns = (
        "pk",
        "candidate_id",
        "candidate_user_id",
        "candidate__legal_name",
        "unit__awarding_body_id",
        "unit__short_code",
        "status",
        "ended_at",
        "certificate_on",
        "certificate_revoked_on",
        "frozen_at",
        "open_appeal_id",
    )
    return [Ended(*row) for row in rows.values_list(*columns)]


def last_days(centre: Centre, units: Sequence[Ended]) -> dict[int, datetime.date]:
    """The last of these days by candidate, award certificates among them.

    Whoever still works on a unit has no last day yet. Two queries.
    """
    at_work = set(Enrolment.objects.filter(centre=centre).exclude(status__in=ENDED).values_list("candidate", flat=True))
    awards = Certificate.objects.filter(award__batch__centre=centre, award__taken_back_at=None).order_by()
    last: dict[int, datetime.date] = {
        candidate: max(day for day in (issued, revoked) if day)
        for candidate, issued, revoked in awards.values_list("award__registration__candidate").annotate(
            Max("issued_on"), Max("revoked_on")
        )
    }
    for unit in units:
        if unit.ended_on and unit.ended_on > last.get(unit.candidate_id, datetime.date.min):
            last[unit.candidate_id] = unit.ended_on
    return {candidate: day for candidate, day in last.items() if candidate not in at_work}


def ordered_of(centre: Centre) -> set[str]:
    """The keys of what was destroyed already or waits in an order. One query."""
    rows = DisposalLine.objects.filter(disposal__centre=centre, disposal__given_up_at=None, kept_because="")
    return {
        f"{name}-{enrolment or candidate}"
        for name, enrolment, candidate in rows.order_by().values_list("record_class", "enrolment", "candidate")
    }


def of_unit(
    unit: Ended, body: AwardingBody, rules: Rules, last: dict[int, datetime.date], ordered: set[str]
) -> Iterable[Due]:
    """What falls due of a unit: its evidence files, and the details in the book."""
    for name in (RecordClass.FILES, RecordClass.DETAILS):
        keeping = rules[body.pk, name]
        day = unit.ended_on if keeping.counted_from == CountedFrom.CERTIFICATE else last.get(unit.candidate_id)
        if day is None or f"{name}-{unit.pk}" in ordered:
            continue
        event = "the last certificate" if keeping.counted_from == CountedFrom.LAST else unit.event_words
        yield Due(
            name,
            unit.candidate_id,
            unit.candidate_user_id,
            unit.candidate,
            unit.pk,
            unit.unit,
            body.name,
            day,
            event,
            keeping,
            keeping.period.after(day),
        )


def of_candidates(
    units: Sequence[Ended],
    bodies: dict[int, AwardingBody],
    rules: Rules,
    last: dict[int, datetime.date],
    ordered: set[str],
) -> Iterable[Due]:
    """The numbers of candidates who have finished, by the longest of the rules of their awarding bodies."""
    by_candidate: dict[int, list[Ended]] = defaultdict(list)
    for unit in units:
        by_candidate[unit.candidate_id].append(unit)
    known = CandidateRecord.objects.filter(pk__in=[pk for pk in by_candidate if pk in last])
    filled = known.exclude(**dict.fromkeys(NUMBERS, "")).values_list("pk", flat=True)
    for candidate in filled:
        if f"{RecordClass.NUMBERS}-{candidate}" in ordered:
            continue
        day, any_unit = last[candidate], by_candidate[candidate][0]
        choices = [(rules[unit.body_id, RecordClass.NUMBERS], unit.body_id) for unit in by_candidate[candidate]]
        keeping, body = max(choices, key=lambda choice: choice[0].period.after(day))
        yield Due(
            RecordClass.NUMBERS,
            candidate,
            any_unit.candidate_user_id,
            any_unit.candidate,
            None,
            "",
            bodies[body].name,
            day,
            "the last of their units",
            keeping,
            keeping.period.after(day),
        )


# --- what holds it ---------------------------------------------------------------------------------------------------


def holds_of(centre: Centre, units: Sequence[Ended]) -> Callable[[int, int | None], tuple[str, ...]]:
    """A function that says what holds a candidate's unit, or the candidate: a sentence each, of which one is enough.
    Six queries.

    A unit is held by what is open in it; a candidate's numbers by what holds any of their units.
    """
    by_unit: dict[int, list[str]] = defaultdict(list)
    by_candidate: dict[int, list[str]] = defaultdict(list)
    for candidate, enrolment, reason in (
        LegalHold.objects.in_force().filter(centre=centre).values_list("candidate", "enrolment", "reason")
    ):
        (by_unit[enrolment] if enrolment else by_candidate[candidate]).append(f"Legal hold: {reason}")
    for unit in units:
        if unit.frozen_at:
            by_unit[unit.pk].append("The centre’s office holds the unit.")
        if unit.open_appeal:
            by_unit[unit.pk].append("An appeal is open.")
    mine = {"enrolment__centre": centre, "enrolment__status__in": ENDED}
    for pk in set(Action.objects.filter(closed_at=None, **mine).values_list("enrolment", flat=True)):
        by_unit[pk].append("An action of a verifier is open.")
    for pk in set(Sample.objects.still_open().filter(**mine).values_list("enrolment", flat=True)):
        by_unit[pk].append("A verifier is sampling it.")
    claimed = AwardClaim.objects.filter(batch__centre=centre, taken_back_at=None, certificates=None)
    for pk in set(claimed.values_list("registration__candidate", flat=True)):
        by_candidate[pk].append("A whole award is claimed, and its certificate has not come.")
    by_body = visits(centre)
    units_of: dict[int, list[Ended]] = defaultdict(list)
    for unit in units:
        units_of[unit.candidate_id].append(unit)

    def said(candidate: int, enrolment: int | None) -> tuple[str, ...]:
        concerned = [unit for unit in units_of[candidate] if enrolment in (None, unit.pk)]
        sentences = [
            *by_candidate[candidate],
            *(sentence for unit in concerned for sentence in by_unit[unit.pk]),
            *(sentence for body in {unit.body_id for unit in concerned} for sentence in by_body.get(body, ())),
        ]
        return tuple(dict.fromkeys(sentences))

    return said


def visits(centre: Centre) -> dict[int, list[str]]:
    """What holds every unit of an awarding body: that its external verifier may look, or waits for something. Two
    queries."""
    found: dict[int, list[str]] = defaultdict(list)
    looking = ExternalAccess.objects.filter(centre=centre, ended_at=None, grant__ends_on__gte=timezone.localdate())
    for body, until in looking.order_by().values_list("awarding_body").annotate(Max("grant__ends_on")):
        found[body].append(f"An external verifier may look at it until {until:%-d %B %Y}.")
    asked = CentreAction.objects.filter(centre=centre, closed_at=None, access__isnull=False)
    for body in set(asked.values_list("access__awarding_body", flat=True)):
        found[body].append("An action of the external verifier is open.")
    return found


def open_holds(centre: Centre) -> QuerySet[LegalHold]:
    """The centre's legal holds, those in force first."""
    rows = LegalHold.objects.filter(centre=centre).select_related("candidate", "enrolment__unit")
    return rows.order_by("lifted_at", "-pk").only(
        "candidate__legal_name", "candidate__known_as", "enrolment__unit__short_code", "enrolment__candidate_id",
        "reason", "set_by", "set_at", "lifted_by", "lifted_at", "lift_reason", "centre",
    )  # fmt: skip


# --- who confirms, and orders ----------------------------------------------------------------------------------------


def may_confirm(disposal: Disposal, day: datetime.date) -> list[User]:
    """Administrators of the centre on the day who did not ask for it, and of whom nothing goes by it. One query."""
    grants = RoleGrant.objects.on(day).filter(centre=disposal.centre_id, role=Role.ADMINISTRATOR)
    concerned = disposal.lines.values("candidate__user")
    others = User.objects.filter(pk__in=grants.values("user"), is_active=True).exclude(pk__in=concerned)
    return list(others.exclude(pk=disposal.asked_by_id))


def disposals_of(centre: Centre) -> QuerySet[Disposal]:
    """The centre's destructions, newest first."""
    return Disposal.objects.filter(centre=centre).order_by("-pk")


def days_ahead(today: datetime.date) -> datetime.date:
    """How far ahead the list looks when nothing else is asked for."""
    return Period(3, PeriodUnit.MONTHS).after(today)
