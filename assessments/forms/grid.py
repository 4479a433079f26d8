"""What narrows the sampling grid."""

from typing import Any

from django import forms

from portfolio.forms import KeptForm


class GridFilterForm(forms.Form):
    """Which cells of the grid to show."""

    assessor = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    unit = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    site = forms.ChoiceField(label="Place of work", required=False)
    only_open = forms.ChoiceField(
        label="Show", required=False, choices=[("", "Every unit"), ("yes", "Only where something is to be done")]
    )

    def __init__(
        self,
        *args: Any,
        assessors: list[tuple[int, str]],
        units: list[tuple[int, str]],
        sites: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessor"].choices = [("", "Anybody"), *assessors]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "Every unit"), *units]  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", "Anywhere"), *((site, site) for site in sites)]  # type: ignore[attr-defined]


class KeepPlanForm(KeptForm):
    """Why nothing follows from a finding."""

    kept_as = "plan kept"

    reason = forms.CharField(label="Why the plan stays as it is", widget=forms.Textarea(attrs={"rows": 3}))


class HandoverForm(forms.Form):
    """From whom to whom a plan goes."""

    giver = forms.TypedChoiceField(label="From", coerce=int)
    taker = forms.TypedChoiceField(label="To", coerce=int)

    def __init__(self, *args: Any, givers: list[tuple[int, str]], takers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["giver"].choices = [("", "Choose…"), *givers]  # type: ignore[attr-defined]
        self.fields["taker"].choices = [("", "Choose…"), *takers]  # type: ignore[attr-defined]
