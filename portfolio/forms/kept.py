"""What every form of the house is made of: kept as it is typed, days, sentences beside a field, a signature."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from portfolio import signing
from portfolio.enums import Role
from portfolio.models import User
from portfolio.work import Work


class KeptForm(forms.Form):
    """A form that is kept as it is typed: every longer one declares itself by being one.

    Its view asks `in_progress` for the work and makes the form of it; its template includes `components/kept.html`
    before the form, which carries `data-kept`. What was typed before comes back as a form does that was sent and
    refused, but unchecked, since nobody has sent it.
    """

    kept_as: ClassVar[str]
    """What the work is called: one name for each form."""

    def __init__(self, *args: Any, work: Work | None = None, **kwargs: Any) -> None:
        """`work` is what `data` comes from. Without it the form is not kept."""
        self.work = work
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        if self.work and self.work.resumed:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not (self.work and self.work.resumed) and super().is_valid()


class DateInput(forms.DateInput):
    """The browser's own date picker; what it sends and wants is ISO."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DateInput())


def checked(refusals: Callable[[str], list[str]]) -> Callable[[str], None]:
    """A field's validator out of a rule's sentences, so that they stand beside the field."""

    def check(text: str) -> None:
        found = refusals(text)
        if found:
            raise ValidationError(found)

    return check


def labels(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, role.label) for role in roles]


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
