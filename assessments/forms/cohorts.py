"""What an office types to put units into a cohort."""

from collections.abc import Iterable
from typing import Any

from django import forms


class CohortForm(forms.Form):
    """The cohort's name; the centre's others are offered while it is typed."""

    cohort = forms.CharField(
        required=False,
        max_length=60,
        help_text="As the centre calls them: “Autumn 2026”. Leave it empty to take the units out of their cohort.",
        widget=forms.TextInput(attrs={"list": "cohorts", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, cohorts: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(cohorts)
