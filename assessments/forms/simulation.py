"""What a verifier agrees to be simulated."""

from typing import Any

from django import forms

from portfolio.forms import KeptForm, day
from units.models import Criterion


class SimulationForm(KeptForm):
    kept_as = "simulation"

    what = forms.CharField(label="What is simulated", widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.CharField(label="Why real work cannot show it", widget=forms.Textarea(attrs={"rows": 3}))
    planned_on = day("Planned for", help_text="A day after today: the activity takes place after it is approved.")
    criteria = forms.TypedMultipleChoiceField(
        label="Criteria it is to show",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the criteria that the simulation is to show."},
    )

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [(row.pk, str(row)) for row in criteria]  # type: ignore[attr-defined]
