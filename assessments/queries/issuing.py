"""Forms of many units: which are ready and which are not and why; and a batch of them as its page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from assessments.authenticating import AUTHENTICATED_AT, authentication_refusals
from assessments.enums import UnitStatus
from assessments.form_enums import DeclarationOf, FormsStatus, FormState
from assessments.models import (
    AuthenticationForm,
    BatchedForm,
    ClaimBatch,
    Enrolment,
    EnrolmentQuerySet,
    FormBatch,
    Sample,
)
from assessments.models.enrolment import candidate_at
from assessments.queries.enrolment import LONG_WORDS
from assessments.queries.judgement import UnitRows, digest_for, rows_of, stale_parts, with_signatures
from assessments.queries.verification import stale_verifier
from assessments.workflow import Reason
from portfolio import signing
from portfolio.compiled import Listed, compiled
from portfolio.models import Centre, Statement
from units.models import CentreApproval, Unit

ROWS_PER_PAGE = 50
STAGES = {
    "": "Everything",
    "ready": "Signed off or further",
    "new": "Signed off, and no form yet",
    "waiting": "Not signed off yet",
}
"""How far the units are that are listed."""


@dataclass(frozen=True)
class FormsWanted:
    """Which units are to have forms."""

    search: str = ""
    unit: int | None = None
    cohort: str = ""
    claims: int | None = None
    stage: str = ""


@dataclass(frozen=True)
class FormLine:
    """A unit: why it can have no form yet, and its newest form, with whether that still stands."""

    enrolment: Enrolment
    reasons: list[Reason]
    form: AuthenticationForm | None
    stands: bool

    @property
    def ready(self) -> bool:
        return not self.reasons


def units_for_forms(centre_id: int, wanted: FormsWanted) -> EnrolmentQuerySet:
    """The centre's units that are not withdrawn, as far as asked for: those far enough first, then by candidate."""
    far_enough = Case(When(status__in=AUTHENTICATED_AT, then=Value(0)), default=Value(1), output_field=IntegerField())
    there = Enrolment.objects.filter(candidate_at(centre_id), centre=centre_id)
    found = there.exclude(status=UnitStatus.WITHDRAWN).named(wanted.search)
    if wanted.unit:
        found = found.filter(unit=wanted.unit)
    if wanted.cohort:
        found = found.filter(cohort=wanted.cohort)
    if wanted.claims:
        of_batch = Q(claims__batch=wanted.claims, claims__taken_back_at=None)
        found = found.filter(pk__in=Enrolment.objects.filter(of_batch).values("pk"))
    if wanted.stage in ("ready", "new"):
        found = found.filter(status__in=AUTHENTICATED_AT)
    if wanted.stage == "new":
        found = found.filter(~Exists(AuthenticationForm.objects.filter(enrolment=OuterRef("pk"))))
    if wanted.stage == "waiting":
        found = found.exclude(status__in=AUTHENTICATED_AT)
    return found.order_by(far_enough, "candidate__legal_name", "candidate_id", "unit__short_code", "pk")


def counted(centre: Centre, wanted: FormsWanted) -> tuple[int, int]:
    """How many there are, and how many of them are signed off or further. One query."""
    rows = _counted(centre.pk) if wanted == FormsWanted() else far_in(units_for_forms(centre.pk, wanted))
    numbers = dict(rows)
    return sum(numbers.values()), numbers.get(True, 0)


def far_in(found: EnrolmentQuerySet) -> QuerySet[Enrolment, Any]:
    """(whether it is signed off or further, how many)."""
    far = Case(When(status__in=AUTHENTICATED_AT, then=Value(True)), default=Value(False), output_field=BooleanField())
    grouped = found.order_by().annotate(far=far).values("far").annotate(number=Count("pk"))
    return grouped.values_list("far", "number")


@compiled
def _counted(centre_id: int) -> QuerySet[Enrolment, Any]:
    return far_in(units_for_forms(centre_id, FormsWanted()))


def units_listed(centre: Centre, wanted: FormsWanted) -> QuerySet[Enrolment] | Listed[Enrolment]:
    """The same for a page, with what `form_lines` rest on; mostly nothing is asked for."""
    if wanted == FormsWanted():
        return _listed.listed(centre.pk)
    return with_its_unit(units_for_forms(centre.pk, wanted))


def with_its_unit(found: EnrolmentQuerySet) -> EnrolmentQuerySet:
    return found.select_related("candidate", "unit__awarding_body").defer(*LONG_WORDS)


@compiled
def _listed(centre_id: int) -> EnrolmentQuerySet:
    return with_its_unit(units_for_forms(centre_id, FormsWanted()))


def form_lines(enrolments: Sequence[Enrolment]) -> list[FormLine]:
    """What stands in the way of each, and its newest form. Eight queries, however many. They come with their units."""
    if not enrolments:
        return []
    samples, forms = samples_of(enrolments), newest_forms(enrolments)
    return [
        form_line(rows, samples[rows.enrolment.pk], forms.get(rows.enrolment.pk))
        for rows in with_signatures(rows_of(list(enrolments)), to_sign=False)
    ]


def form_line(rows: UnitRows, samples: list[Sample], form: AuthenticationForm | None) -> FormLine:
    enrolment, far = rows.enrolment, rows.enrolment.status in AUTHENTICATED_AT
    stale = (*stale_parts(rows), *stale_verifier(rows, samples)) if far else ()
    reasons = authentication_refusals(enrolment.pk, UnitStatus(enrolment.status), stale)
    stands = bool(form and not reasons and digest_for(rows, "centre") == form.signature.digest)
    return FormLine(enrolment, reasons, form, stands)


def samples_of(enrolments: Sequence[Enrolment]) -> dict[int, list[Sample]]:
    """The samples of each unit that were not dropped, as far as a verifier's signature covers them."""
    found: dict[int, list[Sample]] = defaultdict(list)
    for sample in _samples([enrolment.pk for enrolment in enrolments]):
        found[sample.enrolment_id].append(sample)
    return found


@compiled
def _samples(enrolments: list[int]) -> QuerySet[Sample]:
    kept = Sample.objects.filter(enrolment__in=enrolments, dropped_at=None)
    return kept.only("enrolment", "outcome", "planned_at", "done_at").order_by("pk")


def newest_forms(enrolments: Sequence[Enrolment]) -> dict[int, AuthenticationForm]:
    return {form.enrolment_id: form for form in _forms([enrolment.pk for enrolment in enrolments])}


@compiled
def _forms(enrolments: list[int]) -> QuerySet[AuthenticationForm]:
    forms = AuthenticationForm.objects.filter(enrolment__in=enrolments).select_related("signature")
    return forms.only("enrolment", "signature__digest", "signature__signed_at").order_by("pk")


@dataclass(frozen=True)
class FormsOffered:
    """What the list can be narrowed by, and the awarding bodies that approved the centre."""

    units: list[tuple[int, str]]
    cohorts: list[str]
    claims: list[tuple[int, str]]
    """Batches of claims, newest first."""
    bodies: list[tuple[str, str]]
    """Codes and names."""


def offered_at(centre: Centre) -> FormsOffered:
    """One query."""
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for kind, pk, name, code in _offered(centre.pk):
        found[kind].append((pk, name, code))
    return FormsOffered(
        units=sorted(((pk, name) for pk, name, _ in found["unit"]), key=lambda unit: (unit[1], unit[0])),
        cohorts=sorted(name for _, name, _ in found["cohort"]),
        claims=sorted(((pk, name) for pk, name, _ in found["claims"]), reverse=True),
        bodies=sorted(((code, name) for _, name, code in found["body"]), key=lambda body: body[1]),
    )


@compiled
def _offered(centre_id: int) -> QuerySet[Any, Any]:
    here = Enrolment.objects.filter(centre=centre_id).order_by()
    nothing = Value("", CharField())

    def told(kind: str, rows: QuerySet[Any], pk: Any, name: str, code: Any = nothing) -> QuerySet[Any, Any]:
        return rows.order_by().values_list(Value(kind, CharField()), pk, name, code)

    units = Unit.objects.filter(Exists(here.filter(unit=OuterRef("pk"))))
    approvals = CentreApproval.objects.filter(centre=centre_id)
    return told("unit", units, "pk", "short_code").union(
        told("cohort", here.exclude(cohort="").distinct(), Value(0, BigIntegerField()), "cohort"),
        told("claims", ClaimBatch.objects.filter(centre=centre_id), "pk", "reference"),
        told("body", approvals, "pk", "awarding_body__name", "awarding_body__code"),
        all=True,
    )


def declarations_signed(centre: Centre, bodies: Iterable[tuple[str, str]]) -> list[tuple[Statement, list[str]]]:
    """The wordings of the centre's declaration, each with the bodies whose units it is signed for. One query."""
    wordings = _wordings(centre.pk)
    found: dict[int, tuple[Statement, list[str]]] = {}
    for code, name in bodies:
        newest = signing.newest(wordings, DeclarationOf.CENTRE, code)
        found.setdefault(newest.pk, (newest, []))[1].append(name)
    return list(found.values())


@compiled
def _wordings(centre_id: int) -> QuerySet[Statement]:
    return Statement.objects.known_at(centre_id).filter(key=DeclarationOf.CENTRE.value)


# --- a batch ---------------------------------------------------------------------------------------------------------

TABS = {
    FormState.FAILED: "Could not be made",
    FormState.LEFT_OUT: "Left out",
    FormState.WAITING: "Not made yet",
    FormState.MADE: "Made",
}
"""What became of the units, those to see to first."""


@dataclass(frozen=True)
class BatchPage:
    """A batch of forms with how far it is, and a page of one kind of its units."""

    batch: FormBatch
    counts: Mapping[str, int]
    shown: FormState
    page: Page[BatchedForm]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def made(self) -> int:
        return self.counts.get(FormState.MADE, 0)

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.total - self.counts.get(FormState.WAITING, 0)

    @property
    def left(self) -> int:
        """How many would be made if it went on."""
        return self.counts.get(FormState.WAITING, 0) + self.counts.get(FormState.FAILED, 0)

    @property
    def busy(self) -> bool:
        return self.batch.status in (FormsStatus.MAKING, FormsStatus.GATHERING) and not self.batch.problem

    @property
    def tabs(self) -> list[tuple[FormState, str, int]]:
        return [(state, name, self.counts[state]) for state, name in TABS.items() if self.counts.get(state)]


def batch_page(batch: FormBatch, *, shown: str, number: str | None) -> BatchPage:
    """The batch with a page of the units asked for: else of those to see to first. Three queries."""
    counts = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    states = [state for state in TABS if counts.get(state)]
    state = FormState(shown) if shown in states else states[0]
    rows = batch.rows.filter(state=state).select_related("enrolment__candidate", "enrolment__unit", "document")
    return BatchPage(batch, counts, state, Paginator(rows, ROWS_PER_PAGE).get_page(number))


def batches_at(centre: Centre) -> QuerySet[FormBatch]:
    """The batches of forms of a centre, newest first, each with how many units are in it and how many were made."""
    made = Count("rows", filter=Q(rows__state=FormState.MADE))
    return FormBatch.objects.filter(centre=centre).annotate(units=Count("rows"), made=made).order_by("-pk")
