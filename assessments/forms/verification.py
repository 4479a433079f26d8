"""Forms of verification: choosing, sampling, and what is asked of an assessor."""

from typing import Any

from django import forms
from django.http import QueryDict

from assessments.enums import UnitStatus
from assessments.forms.journey import VerbForm
from assessments.queries.record import CriterionRow
from portfolio.forms import KeptForm, day
from portfolio.whole import whole


def choices_of(criteria: list[CriterionRow]) -> list[tuple[int, str]]:
    """Criteria to tick, by number and text."""
    return [(row.criterion.pk, f"{row.criterion.number} {row.criterion.text}") for row in criteria]


class SendBackForm(VerbForm):
    criteria = forms.TypedMultipleChoiceField(
        label="Criteria you sampled", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    finding = forms.CharField(label="What you found", widget=forms.Textarea(attrs={"rows": 4}))
    wanted = forms.CharField(label="What the assessor is to do", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = day("By when")

    def prepare(self) -> None:
        """The criteria are asked for only where a sample is open, which sending back closes."""
        if self.page.facts.open_sample is None:
            del self.fields["criteria"]
        else:
            self.fields["criteria"].choices = choices_of(self.page.criteria)  # type: ignore[attr-defined]


def brought_along(typed: QueryDict) -> dict[str, Any] | None:
    """What was typed beside a sample, when its verifier goes on from there to send the unit back; None else."""
    if "bring_along" not in typed:
        return None
    brought = {"finding": typed.get("feedback", ""), "wanted": typed.get("wanted", ""), "due_on": typed.get("due_on")}
    return {**brought, "criteria": typed.getlist("criteria")}


class WhyForm(KeptForm):
    """A reason on record: why this unit, why not, why no longer."""

    kept_as = "why"

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class SampleForm(KeptForm):
    """What was looked at and found. An action is asked for by filling its fields."""

    kept_as = "sample"

    criteria = forms.TypedMultipleChoiceField(
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the criteria you sampled."},
    )
    feedback = forms.CharField(
        label="Feedback to the assessor",
        required=False,
        help_text="The assessor reads this, the candidate does not.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    wanted = forms.CharField(
        label="What the assessor is to do",
        required=False,
        help_text="Leave this and the day empty to agree without an action.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due_on = day("By when", required=False)
    seen_at_location = forms.BooleanField(required=False)

    def __init__(self, *args: Any, criteria: list[CriterionRow], places: list[str], **kwargs: Any) -> None:
        """`places`: where evidence of the unit is held outside the portfolio."""
        super().__init__(*args, **kwargs)
        if places:
            self.fields["seen_at_location"].label = f"I have seen the evidence at {'; '.join(places)}"
        else:
            del self.fields["seen_at_location"]
        self.fields["criteria"].choices = choices_of(criteria)  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[int]:
        """The criteria ticked so far, for the boxes that stand beside the record."""
        return {pk for value in self["criteria"].value() or () if (pk := whole(str(value))) is not None}


class UnitsFilterForm(forms.Form):
    """Which of the units verified to show."""

    status = forms.ChoiceField(label="Where it stands", required=False, choices=[("", "Anywhere"), *UnitStatus.choices])
    assessor = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, assessors: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessor"].choices = [("", "Anybody"), *assessors]  # type: ignore[attr-defined]


class AnswerForm(KeptForm):
    kept_as = "answer"
    answer = forms.CharField(label="What you have done", widget=forms.Textarea(attrs={"rows": 4}))
