"""Forms beside sampling: what is planned and recorded, a meeting, and what is asked of somebody."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.enums import ActivityKind, ActivityOutcome
from portfolio.forms import KeptForm, day

Choices = Iterable[tuple[int, str]]


def words(label: str, rows: int, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class ActivitiesFilterForm(forms.Form):
    """Which activities to list."""

    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Anything"), *ActivityKind.choices])


class PlanActivityForm(KeptForm):
    """Who is to be observed, asked or reviewed, by whom, when and why."""

    kept_as = "activity"

    kind = forms.ChoiceField(label="What", choices=ActivityKind.choices, widget=forms.RadioSelect)
    assessor = forms.TypedChoiceField(label="Whose assessment it looks at", coerce=int)
    enrolment = forms.TypedChoiceField(
        label="Candidate and unit",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Needed for a candidate interview. For the others where it is about one unit. "
        "The assessor of each stands behind it.",
    )
    verifier = forms.TypedChoiceField(label="Who does it", coerce=int)
    planned_on = day("When")
    reason = words("Why", 3)

    def __init__(
        self, *args: Any, assessors: Choices, units: Choices, verifiers: Choices, leads: bool, **kwargs: Any
    ) -> None:
        """Only who `leads` plans for others, and so chooses who does it."""
        super().__init__(*args, **kwargs)
        self.fields["assessor"].choices = [("", "Choose…"), *assessors]  # type: ignore[attr-defined]
        self.fields["enrolment"].choices = [("", "No unit in particular"), *units]  # type: ignore[attr-defined]
        self.fields["verifier"].choices = list(verifiers)  # type: ignore[attr-defined]
        if not leads:
            del self.fields["verifier"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("kind") == ActivityKind.INTERVIEW and "enrolment" in values and not values["enrolment"]:
            self.add_error("enrolment", "Choose the candidate to be interviewed, and the unit.")
        return values


class RecordActivityForm(KeptForm):
    """What was seen, and what came of it."""

    kept_as = "activity recorded"

    held_on = day("Done on")
    seen = words("What you saw and heard", 8, help_text="The assessor reads this.")
    outcome = forms.ChoiceField(choices=ActivityOutcome.choices, widget=forms.RadioSelect)
    wanted = words(
        "What the assessor is to do", 2, required=False, help_text="Leave this and the day empty where nothing is."
    )
    due_on = day("By when", required=False)


class MeetingForm(KeptForm):
    """A standardisation meeting that was held."""

    kept_as = "meeting"

    title = forms.CharField(max_length=200, help_text="Such as “Standardisation of CC26, spring”.")
    held_on = day("Held on")
    present = forms.TypedMultipleChoiceField(
        label="Who was there",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say who was there."},
    )
    apologies = forms.TypedMultipleChoiceField(
        label="Who sent apologies", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    minutes = words("Minutes", 12, help_text="What was discussed, and what was decided. They stand once recorded.")

    def __init__(self, *args: Any, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(staff)
        for name in ("present", "apologies"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]


class AskForm(KeptForm):
    """Something asked of one of the staff by a day."""

    kept_as = "action of a centre"

    owner = forms.TypedChoiceField(label="Who", coerce=int)
    wanted = words("What is to be done", 3)
    due_on = day("By when")

    def __init__(self, *args: Any, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Choose…"), *staff]  # type: ignore[attr-defined]
