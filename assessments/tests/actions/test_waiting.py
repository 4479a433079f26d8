"""Whatever people do to an item, and in whatever order: what is stored as waiting is what the rows say waits."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.actions import claims, judgement
from assessments.actions import evidence as items
from assessments.enums import ItemStatus, Verdict
from assessments.models import Decision, Enrolment, EvidenceVersion, Mapping
from assessments.testing import House, a_draft, an_enrolment, described, targets
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db
NUMBERS = ("1.1", "1.2", "1.3")
READABLE = (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)

some_numbers = st.sets(st.sampled_from(NUMBERS)).map(sorted)
steps = st.one_of(
    st.tuples(st.just("edit"), some_numbers),
    st.tuples(st.just("map"), some_numbers),
    st.tuples(st.just("take back"), st.sampled_from(NUMBERS)),
    st.tuples(st.just("judge"), st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(Verdict.values), min_size=1)),
    st.tuples(st.just("return"), st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(Verdict.values))),
    st.tuples(st.sampled_from(["submit", "submit", "replace", "withdraw the draft", "withdraw"]), st.none()),
)


class Desk:
    """One item of one unit, and what its people do to it; `through_draft` are mappings added in the next draft."""

    def __init__(self, unit: Enrolment) -> None:
        self.unit = unit
        self.item = a_draft(unit, "1.1").evidence
        self.through_draft: set[int] = set()

    @property
    def newest(self) -> EvidenceVersion:
        return self.item.versions.latest("number")

    @property
    def in_force(self) -> EvidenceVersion | None:
        return self.item.versions.filter(replaced_at=None).exclude(status__in=["draft", "withdrawn"]).first()

    @property
    def live(self) -> list[Mapping]:
        return list(self.item.mappings.filter(taken_back_at=None))

    def do(self, verb: str, what: object) -> None:
        """Try it; what is refused changes nothing."""
        known = {row.pk for row in self.live}
        with suppress(Refusal), transaction.atomic():
            getattr(self, verb.replace(" ", "_"))(what)
            if verb == "edit":
                self.through_draft |= {row.pk for row in self.live} - known
            if verb in ("submit", "withdraw the draft"):
                self.through_draft = set()

    def edit(self, numbers: list[str]) -> None:
        wanted = targets(self.unit, *numbers) if numbers else []
        items.edit_draft(
            version=self.newest, described=described(), add=[], remove=[], targets=wanted, **self.candidate
        )

    def map(self, numbers: list[str]) -> None:
        wanted = targets(self.unit, *numbers) if numbers else []
        claims.map_more(version=self.in_force or self.newest, targets=wanted, **self.candidate)

    def take_back(self, number: str) -> None:
        for row in self.live:
            if row.criterion.number == number:
                claims.take_back(mapping=row, **self.candidate)

    def submit(self, _: None) -> None:
        items.submit(version=self.newest, **self.candidate)

    def replace(self, _: None) -> None:
        items.replace(version=self.newest, **self.candidate)

    def withdraw_the_draft(self, _: None) -> None:
        if self.in_force:
            items.withdraw_item(version=self.newest, reason="Not yet.", **self.candidate)

    def withdraw(self, _: None) -> None:
        if self.in_force:
            items.withdraw_item(version=self.in_force, reason="Not theirs.", by=self.unit.assessor, at=timezone.now())

    def judge(self, verdicts: dict[str, str], *, returned: bool = False) -> None:
        judgement.review(
            version=self.in_force or self.newest,
            rules=judgement.RulesOfEvidence(),
            decisions=[
                judgement.Judged(self.unit.pk, targets(self.unit, number)[0].criterion_id, verdict, "More, please.")
                for number, verdict in verdicts.items()
            ],
            feedback="More, please.",
            returned=returned,
            seen_at_location=False,
            by=self.unit.assessor,
            at=timezone.now(),
        )

    def return_(self, verdicts: dict[str, str]) -> None:
        self.judge(verdicts, returned=True)

    @property
    def candidate(self) -> dict[str, Any]:
        return {"by": self.unit.candidate_user, "at": timezone.now()}

    def ought_to_wait(self) -> set[int]:
        """Mappings of an item in the assessor's hands that were not judged since it was last handed in, but for what
        it has met already; those added in a draft wait once that is handed in."""
        version = self.in_force
        if version is None or version.status not in READABLE:
            return set()
        return {row.pk for row in self.live if row.pk not in self.through_draft and not self.settled(row, version)}

    def settled(self, row: Mapping, version: EvidenceVersion) -> bool:
        words = Decision.objects.filter(version=version, enrolment=self.unit, criterion=row.criterion_id)
        last = words.order_by("pk").last()
        if last is None or version.submitted_at is None:
            return False
        return last.verdict == Verdict.MET or last.review.at >= version.submitted_at

    def waits(self) -> set[int]:
        return {row.pk for row in self.item.mappings.exclude(waiting_since=None)}


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=st.lists(steps, min_size=3, max_size=12))
def test_what_is_stored_as_waiting_is_what_the_rows_say_waits(house: House, done: list[tuple[str, object]]) -> None:
    with transaction.atomic():
        desk = Desk(an_enrolment(house))
        for verb, what in [("submit", None), *done]:
            desk.do("return_" if verb == "return" else verb, what)
            assert desk.waits() == desk.ought_to_wait(), (verb, what)
            desk.item.refresh_from_db()
            assert desk.item.number == 1
        transaction.set_rollback(True)
