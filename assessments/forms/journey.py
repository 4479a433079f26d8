"""What the forms of the verbs have in common: a reason, and a password to sign with."""

from typing import Any

from django import forms

from assessments.queries.record import UnitPage
from portfolio import signing
from portfolio.forms import KeptForm
from portfolio.models import User


class SignatureForm(forms.Form):
    """The password again: it is what makes the press of the button a signature (ESFA on electronic signatures)."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        help_text="Typed again, it is your signature to the words above.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if sentences := signing.password_refusals(self.user, password):
            raise forms.ValidationError(sentences)
        return ""


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
