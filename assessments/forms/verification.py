"""Forms of verification: choosing, sampling, and what is asked of an assessor."""

from typing import Any

from django import forms

from assessments.enums import UnitStatus
from assessments.forms.checks import ChecksForm
from assessments.forms.journey import VerbForm
from assessments.models import SampleQuestion
from assessments.queries.record import CriterionRow
from assessments.queries.sampled import ReadingShown
from portfolio.forms import KeptForm, day
from portfolio.whole import whole


def choices_of(criteria: list[CriterionRow]) -> list[tuple[int, str]]:
    """Criteria to tick, by number and text."""
    return [(row.criterion.pk, f"{row.criterion.number} {row.criterion.text}") for row in criteria]


class SendBackForm(VerbForm):
    """Where no sample is open: a sample sends the unit back on its own page."""

    finding = forms.CharField(label="What you found", widget=forms.Textarea(attrs={"rows": 4}))
    wanted = forms.CharField(label="What the assessor is to do", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = day("By when")


class WhyForm(KeptForm):
    """A reason on record: why this unit, why not, why no longer."""

    kept_as = "why"

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class SampleForm(ChecksForm):
    """What was looked at and found. An action is asked for by filling its fields."""

    kept_as = "sample"

    criteria = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    readings = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
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

    def __init__(
        self,
        *args: Any,
        criteria: list[CriterionRow],
        readings: list[ReadingShown],
        places: list[str],
        questions: list[SampleQuestion],
        **kwargs: Any,
    ) -> None:
        """`places`: where evidence of the unit is held outside the portfolio; `questions`: the centre's."""
        super().__init__(*args, **kwargs)
        self.ask(questions)
        self.fields["readings"].choices = [(row.review.pk, row.title) for row in readings]  # type: ignore[attr-defined]
        if places:
            self.fields["seen_at_location"].label = f"I have seen the evidence at {'; '.join(places)}"
        else:
            del self.fields["seen_at_location"]
        self.fields["criteria"].choices = choices_of(criteria)  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[int]:
        """The criteria ticked so far, for the boxes that stand beside the record."""
        return self._ids("criteria")

    @property
    def ticked_readings(self) -> set[int]:
        """The readings ticked so far."""
        return self._ids("readings")

    def _ids(self, name: str) -> set[int]:
        return {pk for value in self[name].value() or () if (pk := whole(str(value))) is not None}


class PeriodForm(forms.Form):
    """Which days of an assessor's decisions to list."""

    since = day("From")
    until = day("To")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "since" in values and "until" in values and values["until"] < values["since"]:
            raise forms.ValidationError("The last day lies before the first.")
        return values


class UnitsFilterForm(forms.Form):
    """Which of the units verified to show."""

    status = forms.ChoiceField(label="Where it stands", required=False, choices=[("", "Anywhere"), *UnitStatus.choices])
    assessor = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, assessors: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessor"].choices = [("", "Anybody"), *assessors]  # type: ignore[attr-defined]


class ReturnForm(KeptForm):
    """Why an answer is not accepted."""

    kept_as = "answer sent back"

    words = forms.CharField(label="What is missing in the answer", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = day("A new day, if you give one", required=False)


class AnswerForm(KeptForm):
    kept_as = "answer"
    answer = forms.CharField(label="What you have done", widget=forms.Textarea(attrs={"rows": 4}))
