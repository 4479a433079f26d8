"""What an office types of a transfer between centres."""

from typing import Any

from django import forms

from assessments.queries.office import units_offered
from portfolio.forms import KeptForm, day
from portfolio.models import Centre
from units.forms import UnitField
from units.models import Unit


class TransferOutForm(KeptForm):
    """To which centre a candidate leaves, since when and why, and that they know of it."""

    kept_as = "transfer to another centre"

    to_centre = forms.CharField(label="To which centre", max_length=200)
    left_on = day("Left on")
    known_on = day("The candidate asked for it, or was told, on")
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TransferInForm(KeptForm):
    """From which centre a candidate came, and since when they are here."""

    kept_as = "transfer from another centre"

    from_centre = forms.CharField(label="From which centre", max_length=200)
    joined_on = day("With this centre since")
    note = forms.CharField(
        label="What came along",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="An archive, a portfolio on paper; and who was asked about it.",
    )


class AchievedForm(KeptForm):
    """A unit that was achieved at the other centre, and what was seen of it."""

    kept_as = "unit achieved elsewhere"

    unit = UnitField(queryset=Unit.objects.none(), required=False, empty_label="None of those offered here")
    title = forms.CharField(
        label="Title and number",
        required=False,
        max_length=255,
        help_text="As on the certificate. You can leave it empty where the unit is chosen above.",
    )
    achieved_on = day("Achieved on")
    certificate = forms.CharField(label="Number of the certificate or claim", required=False, max_length=60)
    seen = forms.CharField(
        label="What was seen of it",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The certificate, the awarding body’s list, or the other centre’s record; and by whom.",
    )

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_offered(centre)  # type: ignore[attr-defined]
