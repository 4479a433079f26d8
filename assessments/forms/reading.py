"""The form of a reading: the four rules, a word on each criterion, feedback."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django import forms

from assessments.actions.judgement import Judged, RulesOfEvidence
from assessments.actions.leaves import LeafTarget
from assessments.enums import HeldAt, Verdict
from assessments.queries.reading import LeafToJudge, Reading, ToJudge, UnitToJudge, Worded
from portfolio.forms import KeptForm

RULES = ("valid", "authentic", "current", "sufficient")
RULE_HELP = {
    "valid": "It shows what the criteria ask for",
    "authentic": "It is the candidate's own work",
    "current": "It shows what they can do now",
    "sufficient": "There is enough of it",
}
WAIT = [("", "Later")]


class CriterionFields(NamedTuple):
    """A criterion with what its two fields hold. The page writes the fields out: it may show a hundred of them."""

    row: ToJudge
    criterion: Worded
    key: str
    verdict: str
    feedback: str
    errors: list[str]


@dataclass(frozen=True)
class LeafFields:
    """Leaves below one heading of the evidence requirements, each with whether it is ticked."""

    heading: str
    rows: list[tuple[LeafToJudge, bool]]


class ReadingForm(KeptForm):
    """One reading of one item. Criteria left at "Later" wait in the queue."""

    kept_as = "reading"

    valid = forms.BooleanField(required=False)
    authentic = forms.BooleanField(required=False)
    current = forms.BooleanField(required=False)
    sufficient = forms.BooleanField(required=False)
    remarks = forms.CharField(label="Why a rule is not met", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen_at_location = forms.BooleanField(required=False)
    requirements = forms.MultipleChoiceField(required=False)
    shown = forms.MultipleChoiceField(required=False)
    feedback = forms.CharField(label="Feedback on the item", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading
        version = reading.version
        if version.held == HeldAt.LOCATION:
            self.fields["seen_at_location"].label = f"I have seen the evidence at {version.location}"
        else:
            del self.fields["seen_at_location"]
        for rule, words in RULE_HELP.items():
            self.fields[rule].help_text = words
        for name in ("requirements", "shown"):
            leaves = [(leaf.value, leaf.value) for leaf in reading.leaves]
            self.fields[name].choices = leaves  # type: ignore[attr-defined]
        if self.is_bound:
            self._take_criteria()

    def _take_criteria(self) -> None:
        """Fields for what was sent about the criteria. Until then there are none: the page writes a hundred itself."""
        for row in self.reading.criteria:
            number = row.criterion.number
            self.fields[f"verdict-{row.key}"] = forms.ChoiceField(
                label=f"Verdict on {number}",
                required=False,
                choices=[*Verdict.choices, *WAIT],
                widget=forms.RadioSelect,
                initial="",
            )
            self.fields[f"feedback-{row.key}"] = forms.CharField(
                label=f"Feedback on {number}", required=False, widget=forms.Textarea(attrs={"rows": 1})
            )

    def fields_of(self, rows: list[ToJudge]) -> Iterator[CriterionFields]:
        """The fields of these criteria, for the page."""
        for row in rows:
            if not self.is_bound:
                yield CriterionFields(row, row.criterion, row.key, "", "", [])
                continue
            verdict, feedback = self[f"verdict-{row.key}"], self[f"feedback-{row.key}"]
            errors = [*verdict.errors, *feedback.errors]
            said = verdict.value() or "", feedback.value() or ""
            yield CriterionFields(row, row.criterion, row.key, *said, errors)

    def leaves_of(self, unit: UnitToJudge) -> Iterator[LeafFields]:
        """The evidence requirements of a unit, for the page: what the item shows is ticked."""
        ticked = (
            set(self.data.getlist("requirements"))  # type: ignore[attr-defined]
            if self.is_bound
            else {leaf.value for leaf in unit.leaves if leaf.shown}
        )
        for heading, leaves in groupby(unit.leaves, lambda row: row.leaf.heading):
            yield LeafFields(heading, [(leaf, leaf.value in ticked) for leaf in leaves])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.reading.criteria:
            verdict, feedback = cleaned.get(f"verdict-{row.key}"), cleaned.get(f"feedback-{row.key}")
            if verdict and verdict != Verdict.MET and not feedback:
                self.add_error(f"feedback-{row.key}", f"Say what {row.criterion.number} still needs.")
        return cleaned

    def decisions(self) -> list[Judged]:
        """A word on each criterion that was not left for later."""
        cleaned = self.cleaned_data
        return [
            Judged(row.enrolment_id, row.criterion.pk, cleaned[f"verdict-{row.key}"], cleaned[f"feedback-{row.key}"])
            for row in self.reading.criteria
            if cleaned[f"verdict-{row.key}"]
        ]

    def shows(self) -> list[LeafTarget]:
        """Evidence requirements that the reader ticked."""
        ticked, before = self.cleaned_data["requirements"], self.cleaned_data["shown"]
        return self._targets(value for value in ticked if value not in before)

    def hides(self) -> list[LeafTarget]:
        """Those that were ticked when the page was opened, and are no longer."""
        ticked, before = self.cleaned_data["requirements"], self.cleaned_data["shown"]
        return self._targets(value for value in before if value not in ticked)

    def _targets(self, values: Iterable[str]) -> list[LeafTarget]:
        offered = {leaf.value: leaf for leaf in self.reading.leaves}
        return [LeafTarget(offered[value].enrolment_id, offered[value].leaf.pk) for value in values]

    def rules(self) -> RulesOfEvidence:
        """The four rules as ticked."""
        ticked = {rule: self.cleaned_data[rule] for rule in RULES}
        return RulesOfEvidence(**ticked, remarks=self.cleaned_data["remarks"])
