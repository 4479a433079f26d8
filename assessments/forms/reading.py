"""The form of a reading: the four rules, a word on each criterion, feedback."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms

from assessments.actions.judgement import Judged, RulesOfEvidence
from assessments.enums import HeldAt, Verdict
from assessments.queries.reading import Reading, ToJudge, Worded
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


class ReadingForm(KeptForm):
    """One reading of one item. Criteria left at "Later" wait in the queue."""

    kept_as = "reading"

    valid = forms.BooleanField(required=False)
    authentic = forms.BooleanField(required=False)
    current = forms.BooleanField(required=False)
    sufficient = forms.BooleanField(required=False)
    remarks = forms.CharField(label="Why a rule is not met", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen_at_location = forms.BooleanField(required=False)
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

    def rules(self) -> RulesOfEvidence:
        """The four rules as ticked."""
        ticked = {rule: self.cleaned_data[rule] for rule in RULES}
        return RulesOfEvidence(**ticked, remarks=self.cleaned_data["remarks"])
