"""What is arranged for a candidate."""

import datetime
from typing import Any

from django import forms

from assessments.actions.adjustment import Arranged
from assessments.queries.office import candidates_of
from portfolio.forms import KeptForm, day
from portfolio.models import CandidateRecord, Centre


class ArrangeForm(KeptForm):
    kept_as = "adjustment"

    candidate = forms.ModelChoiceField(queryset=CandidateRecord.objects.none(), empty_label="Choose…")
    arranged = forms.CharField(
        label="What is arranged",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The candidate, their assessors and verifiers read this. Say nothing of health here.",
    )
    from_on = day("From")
    to_on = day("To", required=False, help_text="Leave it empty where no end is known yet.")
    detail = forms.CharField(
        label="Why, and what it rests on",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only administrators can open this, and each look is on record.",
    )
    held_elsewhere = forms.CharField(
        label="Where the evidence for it is kept",
        required=False,
        max_length=255,
        help_text="For example a locked cabinet. Only administrators read this.",
    )

    def __init__(self, *args: Any, centre: Centre, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["candidate"].queryset = candidates_of(centre, today)  # type: ignore[attr-defined]

    @property
    def words(self) -> Arranged:
        """What was typed, for the action."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "candidate"}
        return Arranged(**typed)


class EndForm(forms.Form):
    to_on = day("Last day", help_text="What was arranged stays on record.")
