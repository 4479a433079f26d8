"""What the forms of the verbs have in common: a reason, and a password to sign with."""

from typing import Any

from django import forms

from assessments.queries.record import UnitPage
from portfolio.forms import KeptForm, SignatureForm


class VerbForm(KeptForm):
    """A form of one verb on a unit. Without fields it only asks to confirm."""

    kept_as = "verb"

    def __init__(self, *args: Any, page: UnitPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the unit."""


class ReasonForm(VerbForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class SigningForm(VerbForm, SignatureForm):
    """A verb that puts the person's name to statements."""

    field_order = ("comments", "password")
