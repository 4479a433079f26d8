"""What has been kept for long enough, which rule says so, and what holds it all the same."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Exists, Expression, F, Max, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
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
    Evidence,
    ExternalAccess,
    KeepingRule,
    LegalHold,
    Sample,
)
from assessments.workflow import UNIT_FINAL
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, RoleGrant, User
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody, CentreApproval

NUMBERS = ("centre_reference", "candidate_number", "uln", "scn", "uci", "workplace")
"""Columns of a candidate's record that are blanked when their time is over. The name stays: it stands on what was
signed."""
Said = QuerySet[Any, tuple[str, int, str]]
Rules = dict[tuple[int, str], Keeping]


ENDED = {"withdrawn": "it was withdrawn", "moved": "it moved to a new version", "transferred": "it was transferred"}


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
    ended_as: str
    certificate_on: datetime.date | None
    revoked_on: datetime.date | None
    frozen_at: datetime.datetime | None
    open_appeal: int | None
    at_work: bool
    """Whether the candidate works on another unit."""

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
            return ENDED[self.ended_as]
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
        return key_of(self.record_class, self.enrolment_id, self.candidate_id)

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


def key_of(record_class: str, enrolment_id: int | None, candidate_id: int) -> str:
    """`files-7`, `numbers-3`: how pages and addresses name what falls due."""
    return f"{record_class}-{enrolment_id or candidate_id}"


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
    return over_by(centre, until, ended_units(centre), ordered_of(centre))


def over_by(centre: Centre, until: datetime.date, units: Sequence[Ended], ordered: Collection[str] = ()) -> list[Due]:
    """Everything of these units, and of candidates all of whose ended units they are, whose time is over by the rules
    as they are now; but for the keys `ordered`."""
    bodies = {body.pk: body for body in bodies_of(centre)}
    rules, _ = rules_at(centre, bodies.values())
    last = last_days(centre, units)
    found = [
        *(due for unit in units for due in of_unit(unit, bodies[unit.body_id], rules, last)),
        *of_candidates(units, bodies, rules, last),
    ]
    wanted = [due for due in found if due.due_on <= until and due.key not in ordered]
    holds = holds_of(centre, units)
    held = [replace(due, holds=holds(due.candidate_id, due.enrolment_id)) for due in wanted]
    return sorted(held, key=lambda due: (due.due_on, due.candidate, due.unit, due.record_class))


def ended_units(centre: Centre, **among: Any) -> list[Ended]:
    """The centre's units that have ended, with the day of their newest certificate. One query."""
    standing = Q(claims__taken_back_at=None)
    others = Enrolment.objects.filter(candidate=OuterRef("candidate")).exclude(status__in=UNIT_FINAL)
    rows = (
        Enrolment.objects.filter(centre=centre, status__in=UNIT_FINAL, **among)
        .annotate(
            certificate_on=Max("claims__certificates__issued_on", filter=standing),
            at_work=Exists(others),
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
        "ended_as",
        "certificate_on",
        "certificate_revoked_on",
        "frozen_at",
        "open_appeal_id",
        "at_work",
    )
    return [Ended(*row) for row in rows.values_list(*columns)]


def last_days(centre: Centre, units: Sequence[Ended]) -> dict[int, datetime.date]:
    """The last of these days by candidate, award certificates among them.

    Whoever still works on a unit has no last day yet. One query.
    """
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
    at_work = {unit.candidate_id for unit in units if unit.at_work}
    return {candidate: day for candidate, day in last.items() if candidate not in at_work}


def ordered_of(centre: Centre) -> set[str]:
    """The keys of what was destroyed already or waits in an order. One query.

    Not of numbers that were destroyed: whoever comes back has new ones.
    """
    rows = DisposalLine.objects.filter(disposal__centre=centre, disposal__given_up_at=None, kept_because="")
    rows = rows.exclude(record_class=RecordClass.NUMBERS, done_at__isnull=False).order_by()
    return {key_of(*row) for row in rows.values_list("record_class", "enrolment", "candidate")}


def of_unit(unit: Ended, body: AwardingBody, rules: Rules, last: dict[int, datetime.date]) -> Iterable[Due]:
    """What falls due of a unit: its evidence files, and the details in the book."""
    for name in (RecordClass.FILES, RecordClass.DETAILS):
        keeping = rules[body.pk, name]
        day = unit.ended_on if keeping.counted_from == CountedFrom.CERTIFICATE else last.get(unit.candidate_id)
        if day is None:
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
    units: Sequence[Ended], bodies: dict[int, AwardingBody], rules: Rules, last: dict[int, datetime.date]
) -> Iterable[Due]:
    """The numbers of candidates who have finished, by the longest of the rules of their awarding bodies."""
    by_candidate: dict[int, list[Ended]] = defaultdict(list)
    for unit in units:
        by_candidate[unit.candidate_id].append(unit)
    known = CandidateRecord.objects.filter(pk__in=[pk for pk in by_candidate if pk in last])
    filled = known.exclude(**dict.fromkeys(NUMBERS, "")).values_list("pk", flat=True)
    for candidate in filled:
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


OF_UNIT, OF_CANDIDATE, OF_BODY, OF_VISIT = "unit", "candidate", "body", "visit"


def holds_of(centre: Centre, units: Sequence[Ended]) -> Callable[[int, int | None], tuple[str, ...]]:
    """A function that says what holds a candidate's unit, or the candidate: a sentence each, of which one is enough.

    A unit is held by what is open in it; a candidate's numbers by what holds any of their units. One query.
    """
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for kind, pk, words in open_at(centre):
        if kind == OF_VISIT:
            until = f"{datetime.date.fromisoformat(words):%-d %B %Y}"
            found[OF_BODY, pk].append(f"An external verifier may look at it until {until}.")
        else:
            found[kind, pk].append(words)
    units_of: dict[int, list[Ended]] = defaultdict(list)
    for unit in units:
        units_of[unit.candidate_id].append(unit)
        if unit.frozen_at:
            found[OF_UNIT, unit.pk].insert(0, "The centre’s office holds the unit.")
        if unit.open_appeal:
            found[OF_UNIT, unit.pk].append("An appeal is open.")

    def said(candidate: int, enrolment: int | None) -> tuple[str, ...]:
        concerned = [unit for unit in units_of[candidate] if enrolment in (None, unit.pk)]
        sentences = [
            *found[OF_CANDIDATE, candidate],
            *(sentence for unit in concerned for sentence in found[OF_UNIT, unit.pk]),
            *(sentence for unit in concerned for sentence in found[OF_BODY, unit.body_id]),
        ]
        return tuple(dict.fromkeys(sentences))

    return said


def open_at(centre: Centre) -> list[tuple[str, int, str]]:
    """All that is open at the centre and holds something: what of, its id, and the sentence (of a visit: its last
    day). One query."""
    holds = LegalHold.objects.in_force().filter(centre=centre)
    reason = Concat(Value("Legal hold: "), F("reason"), output_field=TextField())
    ended = {"enrolment__centre": centre, "enrolment__status__in": UNIT_FINAL}
    looking = ExternalAccess.objects.filter(centre=centre, ended_at=None, grant__ends_on__gte=timezone.localdate())
    asked = CentreAction.objects.filter(centre=centre, closed_at=None, access__isnull=False)
    frozen = Evidence.objects.filter(centre=centre, frozen_at__isnull=False, mappings__enrolment__status__in=UNIT_FINAL)
    claimed = AwardClaim.objects.filter(batch__centre=centre, taken_back_at=None, certificates=None)
    parts = [
        said_of(holds.filter(enrolment=None), OF_CANDIDATE, "candidate_id", reason),
        said_of(holds.exclude(enrolment=None), OF_UNIT, "enrolment_id", reason),
        said_of(frozen, OF_UNIT, "mappings__enrolment_id", "The centre’s office holds evidence of the unit."),
        said_of(
            Action.objects.filter(closed_at=None, **ended), OF_UNIT, "enrolment_id", "An action of a verifier is open."
        ),
        said_of(Sample.objects.still_open().filter(**ended), OF_UNIT, "enrolment_id", "A verifier is sampling it."),
        said_of(
            claimed,
            OF_CANDIDATE,
            "registration__candidate_id",
            "A whole award is claimed, and its certificate has not come.",
        ),
        said_of(looking, OF_VISIT, "awarding_body_id", Cast("grant__ends_on", TextField())),
        said_of(asked, OF_BODY, "access__awarding_body_id", "An action of the external verifier is open."),
    ]
    return list(parts[0].union(*parts[1:], all=True))


def said_of(rows: QuerySet[Any], kind: str, column: str, words: str | Expression) -> Said:
    """Rows of a union: what of, its id, the words."""
    said = Value(words, output_field=TextField()) if isinstance(words, str) else words
    of = Value(kind, output_field=TextField())
    found: Said = rows.order_by().annotate(of=of, whose=F(column), said=said).values_list("of", "whose", "said")
    return found


def open_holds(centre: Centre) -> QuerySet[LegalHold]:
    """The centre's legal holds, those in force first."""
    rows = LegalHold.objects.filter(centre=centre).select_related("candidate", "enrolment__unit")
    return rows.order_by(F("lifted_at").asc(nulls_first=True), "-pk").only(
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
