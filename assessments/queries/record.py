"""The whole record of a candidate's unit, as its page and its forms show it."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils import timezone

from assessments.currency import currency_warning
from assessments.enums import EvidenceKind, ItemStatus, Layer, Pace, Setting, SignedAs, UnitStatus, Verb, Verdict
from assessments.form_enums import Drawn
from assessments.models import Adjustment, Enrolment, SimulationApproval
from assessments.progress import Mark, Progress, drawn_at, drawn_of, progress_of, still_needed
from assessments.queries.adjustment import arranged_for
from assessments.queries.consistency import Asked, UnmetRule, unmet_rules
from assessments.queries.enrolment import kept_pace
from assessments.queries.interests import Held
from assessments.queries.judgement import UnitRows, unit_rows
from assessments.queries.markers import MarkerShown, markers_of
from assessments.queries.marks import Decided, Mapped
from assessments.queries.shown import enrolment_shown
from assessments.queries.simulation import simulations_of
from assessments.queries.verification import LookedAt, confirmed_in, looked_at_in, unit_facts
from assessments.rules import PERMISSIONS, Person, parties
from assessments.verifying import further_acts
from assessments.workflow import Reason, UnitFacts, open_to, unit_needs
from portfolio.models import SignatureVoid, User
from units.enums import CriterionKind
from units.models import Criterion
from units.queries import Leaf

NEXT: dict[UnitStatus, tuple[Verb, ...]] = {
    UnitStatus.COLLECTING: (Verb.DECLARE,),
    UnitStatus.DECLARED: (Verb.SIGN_OFF,),
    UnitStatus.AWAITING_COUNTERSIGNATURE: (Verb.COUNTERSIGN,),
    UnitStatus.SIGNED_OFF: (Verb.VERIFY, Verb.CLAIM),
    UnitStatus.VERIFIED: (Verb.CLAIM,),
}
"""The verbs that take a unit on from a status: what the panel of missing things is about."""


@dataclass(frozen=True)
class Cell:
    """A filled cell of the matrix: `Evidence 3 for 2.1: accepted, page 2`."""

    drawn: Drawn
    label: str
    judged: bool


@dataclass(frozen=True)
class Group:
    """A learning outcome or headed group, and the columns under it."""

    heading: str
    criteria: list[Criterion]


@dataclass(frozen=True)
class ItemRow:
    """An item, as a row of the matrix."""

    evidence_id: int
    name: str
    title: str
    status_label: str
    kind: str
    activity_on: datetime.date | None
    cells: list[Cell | None]


@dataclass(frozen=True)
class Said:
    """What covers a criterion: the item, where to look in it, and the latest word of the assessor."""

    evidence_id: int
    name: str
    title: str
    locator: str
    drawn: Drawn
    words: str
    feedback: str
    assessor_name: str
    at: datetime.datetime | None
    countersigned: bool | None
    countersigner_id: int | None
    simulated: bool
    currency: str
    """What to ask of prior learning that is old; empty where there is nothing."""
    marked_id: int | None
    """The decision, where places were marked for it."""
    markers: list[MarkerShown] = field(default_factory=list)
    """The places it rests on, where the page shows them."""


@dataclass(frozen=True)
class CriterionRow:
    """A criterion with everything that covers it."""

    criterion: Criterion
    heading: str
    layer: Layer
    drawn: Drawn
    said: list[Said]
    needs: str
    """What it still needs, as a sentence; empty once it is met."""
    amount: str = ""
    """How often it is shown, where the centre asks for that."""

    @property
    def reached(self) -> str:
        """How far it is, in words: `2.1: Accepted`."""
        return f"{self.criterion.number}: {self.drawn.label}"


@dataclass(frozen=True)
class LeafRow:
    """A leaf of the evidence requirements with what is said to show it: item, title, how far, in words."""

    leaf: Leaf
    drawn: Drawn
    shown_by: list[tuple[int, str, str, Drawn]]
    needs: str


@dataclass(frozen=True)
class SignatureShown:
    """A signature in force, or the line where one is to come."""

    role: str
    name: str = ""
    signed_at: datetime.datetime | None = None
    digest: str = ""
    stale: bool = False


@dataclass(frozen=True)
class OverTime:
    """Over how long and in how many ways the evidence handed in was gathered. Facts, never a judgement."""

    first: datetime.date | None
    last: datetime.date | None
    dates: int
    kinds: list[str]


@dataclass(frozen=True)
class UnitPage:
    """One candidate's unit, read once: matrix, by criterion and by evidence are views of the same facts."""

    enrolment: Enrolment
    staff: dict[str, str]
    person: Person
    facts: UnitFacts
    groups: list[Group]
    items: list[ItemRow]
    criteria: list[CriterionRow]
    leaves: list[LeafRow]
    progress: Progress
    pace: Pace | None
    held: tuple[Held, ...]
    signatures: list[SignatureShown]
    came_back: SignatureVoid | None
    """Why the unit came back to whoever signs next, while it has not been signed again."""
    comments: str
    looked_at: LookedAt
    adjustments: list[Adjustment]
    simulations: list[SimulationApproval]
    over_time: OverTime
    only_witnesses: bool
    made: frozenset[int]
    """The versions in force that an assessor made, by id."""
    pending: list[tuple[int, str]]
    unmet: list[UnmetRule]
    may_map: bool
    verbs: list[Verb]
    further: list[str]
    next_verb: Verb | None
    reasons: list[Reason]


def unit_page(user: User, pk: int, person_at: Callable[[int], Person]) -> UnitPage:
    """The page of a unit, in eleven queries at most however long the portfolio is.

    `person_at` tells the user's standing at a centre, once the centre is known. Raises Enrolment.DoesNotExist when
    the unit does not exist for the user.
    """
    enrolment, staff = enrolment_shown(user, pk)
    return page_of(enrolment, staff, person_at(enrolment.centre_id))


def page_of(enrolment: Enrolment, staff: dict[str, str], person: Person, *, ruled: bool = True) -> UnitPage:
    """The page of a unit found already; not `ruled` where nothing of consistency is shown."""
    rows, looked_at = unit_rows(enrolment, to_sign=False, ruled=ruled), looked_at_in(enrolment)
    facts, asked = unit_facts(enrolment, rows, looked_at), rows.asked
    pairs, confirmed = list(zip(rows.mapped, rows.marks, strict=True)), confirmed_in(enrolment, looked_at)
    verbs = open_to(person, facts)
    next_verb = next_of(facts.status, verbs)
    adjusted, simulating = getattr(enrolment, "adjusted", True), getattr(enrolment, "simulating", True)
    return UnitPage(
        enrolment=enrolment,
        staff=staff,
        person=person,
        facts=facts,
        groups=groups_of(rows.criteria),
        items=item_rows(rows.criteria, pairs, confirmed=confirmed),
        criteria=criterion_rows(rows, pairs, facts, asked, confirmed=confirmed),
        leaves=leaf_rows(rows, facts, confirmed=confirmed),
        progress=replace(progress_of(facts.layers), stale=bool(facts.stale)),
        pace=kept_pace(enrolment, timezone.localdate()),
        held=rows.held,
        signatures=signatures_shown(rows, facts),
        came_back=came_back(rows, own=person.user_id == enrolment.candidate_user_id),
        comments=rows.sign_offs[SignedAs.ASSESSOR].comments if SignedAs.ASSESSOR in rows.sign_offs else "",
        looked_at=looked_at,
        adjustments=arranged_for(enrolment.candidate_id, timezone.localdate()) if adjusted else [],
        simulations=simulations_of(enrolment.pk) if simulating else [],
        over_time=over_time(rows.mapped),
        only_witnesses=rests_on_witnesses_alone(rows.mapped),
        made=frozenset(rows.records),
        pending=pending_shown(rows),
        unmet=unmet_rules(asked),
        may_map=facts.status == UnitStatus.COLLECTING
        and bool(set(PERMISSIONS[Verb.MAP_MORE]) & parties(person, facts.people)),
        verbs=verbs,
        further=further_acts(person, facts),
        next_verb=next_verb,
        reasons=missing(next_verb, verbs, person, facts),
    )


def next_of(status: UnitStatus, verbs: list[Verb]) -> Verb | None:
    """The verb that takes a unit on from there: the one that is the reader's turn, else whoever's it is first."""
    found = NEXT.get(status, ())
    return next((verb for verb in found if verb in verbs), found[0] if found else None)


def missing(verb: Verb | None, verbs: list[Verb], person: Person, facts: UnitFacts) -> list[Reason]:
    """What stands between the unit and its next step: for whoever's turn it is, and for all while collecting."""
    if verb in verbs or verb == Verb.DECLARE:
        return unit_needs(verb, person, facts)
    return []


def groups_of(criteria: list[Criterion]) -> list[Group]:
    """The columns of the recording form under their heads, in the specification's order."""
    found: dict[str, Group] = {}
    for criterion in criteria:
        heading = heading_of(criterion)
        found.setdefault(heading, Group(heading, [])).criteria.append(criterion)
    return list(found.values())


def heading_of(criterion: Criterion) -> str:
    """What stands above a criterion: its outcome, or the kind where the form heads all of a kind together."""
    if criterion.kind == CriterionKind.ASSESSMENT and criterion.outcome is not None:
        return f"{criterion.outcome.number}. {criterion.outcome.text}"
    if criterion.kind == CriterionKind.PERFORMANCE:
        return "Performance Criteria"
    return "Knowledge and Understanding"


def item_rows(criteria: list[Criterion], pairs: list[tuple[Mapped, Mark]], *, confirmed: bool) -> list[ItemRow]:
    """The items in their order, each with a cell for every criterion."""
    places = {criterion.pk: place for place, criterion in enumerate(criteria)}
    found: dict[int, ItemRow] = {}
    for row, mark in pairs:
        if row.evidence_id not in found:
            found[row.evidence_id] = ItemRow(
                evidence_id=row.evidence_id,
                name=row.item,
                title=row.title,
                status_label=ItemStatus(row.status).label,
                kind=EvidenceKind(row.kind).label,
                activity_on=row.activity_on,
                cells=[None] * len(criteria),
            )
        number = criteria[places[row.criterion_id]].number
        drawn = mark.drawn(confirmed=confirmed)
        label = f"{row.item} for {number}: {mark.words}{', confirmed' if drawn == Drawn.CONFIRMED else ''}"
        label = f"{label}, {row.locator}" if row.locator else label
        cell = Cell(drawn, label, mark.verdict is not None)
        found[row.evidence_id].cells[places[row.criterion_id]] = cell
    return list(found.values())


def criterion_rows(
    rows: UnitRows, pairs: list[tuple[Mapped, Mark]], facts: UnitFacts, asked: Asked, *, confirmed: bool
) -> list[CriterionRow]:
    """Each criterion with what covers it and what the assessor said."""
    latest = {(row.version_id, row.criterion_id): row for row in rows.decided}
    said: dict[int, list[Said]] = defaultdict(list)
    marks: dict[int, list[Mark]] = defaultdict(list)
    why: dict[int, list[str]] = defaultdict(list)
    today, states = timezone.localdate(), {state.pk: state for state in facts.criteria}
    for row, mark in pairs:
        word = latest.get((row.version_id, row.criterion_id))
        marks[row.criterion_id].append(mark)
        why[row.criterion_id].append(word.why if word else "")
        currency = currency_warning(row.prior_achieved_on, today, rows.enrolment.centre.prior_learning_years)
        said[row.criterion_id].append(said_of(row, mark, word, currency, confirmed=confirmed))
    return [
        CriterionRow(
            criterion,
            heading_of(criterion),
            states[criterion.pk].layer,
            drawn_at(states[criterion.pk].layer, pending=states[criterion.pk].pending),
            said[criterion.pk],
            still_needed(marks[criterion.pk], why[criterion.pk]),
            asked[criterion.pk].amount if criterion.pk in asked else "",
        )
        for criterion in rows.criteria
    ]


def leaf_rows(rows: UnitRows, facts: UnitFacts, *, confirmed: bool) -> list[LeafRow]:
    """Each leaf of the evidence requirements with what shows it. Most units have none."""
    drawn = {state.pk: drawn_at(state.layer, pending=state.pending) for state in facts.leaves}
    names = {row.evidence_id: (row.item, row.title) for row in rows.mapped}
    found, now = [], rows.marks if rows.leaves.leaves else []
    for leaf in rows.leaves.leaves:
        pairs = [(row, marks) for row, marks in rows.leaves.marks_for(leaf, now) if row.evidence_id in names]
        shown_by = [
            (row.evidence_id, *names[row.evidence_id], drawn_of(marks, confirmed=confirmed)) for row, marks in pairs
        ]
        needs = still_needed([mark for _, marks in pairs for mark in marks])
        found.append(LeafRow(leaf, drawn[leaf.pk], shown_by, needs))
    return found


def said_of(row: Mapped, mark: Mark, word: Decided | None, currency: str, *, confirmed: bool) -> Said:
    """One item's say on one criterion."""
    return Said(
        evidence_id=row.evidence_id,
        name=row.item,
        title=row.title,
        locator=row.locator,
        drawn=mark.drawn(confirmed=confirmed),
        words=mark.words,
        feedback=word.feedback if word else "",
        assessor_name=word.assessor_name if word else "",
        at=word.at if word else None,
        countersigned=word.countersigned if word else None,
        countersigner_id=word.countersigner_id if word else None,
        marked_id=word.pk if word and word.marked else None,
        simulated=row.setting == Setting.SIMULATED,
        currency=currency,
    )


def with_markers(rows: list[CriterionRow]) -> list[CriterionRow]:
    """The same rows with the places each word rests on, for pages that show words. One query where there are any."""
    markers = markers_of([said.marked_id for row in rows for said in row.said if said.marked_id])
    if not markers:
        return rows
    return [replace(row, said=[marked(said, markers) for said in row.said]) for row in rows]


def marked(said: Said, markers: dict[int, list[MarkerShown]]) -> Said:
    """One word with its places."""
    return replace(said, markers=markers[said.marked_id]) if said.marked_id else said


def pending_shown(rows: UnitRows) -> list[tuple[int, str]]:
    """Decisions that wait for a countersignature: id, and the decision in words."""
    criteria = {criterion.pk: criterion for criterion in rows.criteria}
    places = {criterion.pk: place for place, criterion in enumerate(rows.criteria)}
    items = {row.version_id: row.item for row in rows.mapped}
    return [
        (
            row.pk,
            f"{criteria[row.criterion_id].number} {criteria[row.criterion_id].text} "
            f"({items.get(row.version_id, 'an earlier version')}: {Verdict(row.verdict).label.lower()}, "
            f"by {row.assessor_name})",
        )
        for row in sorted(rows.pending, key=lambda row: places[row.criterion_id])
    ]


def signatures_shown(rows: UnitRows, facts: UnitFacts) -> list[SignatureShown]:
    """The signatures of the statement of competence in the form's order, with lines for those to come."""
    parts = [SignedAs.CANDIDATE, SignedAs.ASSESSOR, SignedAs.VERIFIER]
    if rows.enrolment.countersigner_id or SignedAs.COUNTERSIGNER in rows.sign_offs:
        parts.insert(2, SignedAs.COUNTERSIGNER)
    shown = []
    for part in parts:
        sign_off = rows.sign_offs.get(part)
        if sign_off is None:
            shown.append(SignatureShown(role=part.label))
        else:
            signature = sign_off.signature
            stale = part in facts.stale
            shown.append(
                SignatureShown(part.label, signature.signer_name, signature.signed_at, signature.digest, stale)
            )
    return shown


def came_back(rows: UnitRows, *, own: bool) -> SignatureVoid | None:
    """Why a signature of the candidate was voided; or the assessor's, which is said to staff alone."""
    parts = (SignedAs.CANDIDATE,) if own else (SignedAs.CANDIDATE, SignedAs.ASSESSOR)
    voids = [rows.voided[part].signature.void for part in parts if part in rows.voided]
    return max(voids, key=lambda void: void.at, default=None)


def over_time(mapped: list[Mapped]) -> OverTime:
    """First and last date, distinct dates and kinds of the items handed in.

    Source: evidence is to come from different occasions over a sufficient period (each of the specifications). That is
    the assessor's to judge: these facts inform, and count towards nothing.
    """
    handed_in = [row for row in mapped if row.status != ItemStatus.DRAFT]
    days = {row.activity_on for row in handed_in if row.activity_on}
    kinds = sorted({EvidenceKind(row.kind).label for row in handed_in})
    return OverTime(min(days, default=None), max(days, default=None), len(days), kinds)


def rests_on_witnesses_alone(mapped: list[Mapped]) -> bool:
    """Whether all that was handed in is what witnesses say: that must not alone evidence a unit (domain rule 8)."""
    kinds = {row.kind for row in mapped if row.status != ItemStatus.DRAFT}
    return kinds == {EvidenceKind.WITNESS_TESTIMONY}
