"""What every form of the house is made of: kept as it is typed, days, sentences beside a field, a signature."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict

from portfolio import signing
from portfolio.enums import Role
from portfolio.models import User
from portfolio.refusal import Refusal
from portfolio.work import Work

CHANGED = (
    "What this page showed, or the words to sign, have changed since, so nothing was signed. Look at what stands here "
    "now, then sign."
)


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


@dataclass(frozen=True)
class ToSign:
    """What a page puts before somebody to sign: `stands` is what stands for it, the words and the record, as
    `work.basis_of` makes it. `again` makes it anew where the signature is given, once what it is of is locked."""

    stands: str
    again: Callable[[], str]

    @classmethod
    def fixed(cls, stands: str) -> "ToSign":
        """What was read once, and is signed exactly as it was read."""
        return cls(stands, lambda: stands)


class SignatureForm(forms.Form):
    """The password again: it is what makes the press of the button a signature (ESFA on electronic signatures).

    It signs what its page showed, and nothing else: the page says what that was.
    """

    page_of_record = forms.CharField(required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        label="Your password",
        strip=False,
        help_text="Typed again, it is your signature to the words above.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: QueryDict | None = None, *, user: User, to_sign: ToSign, **kwargs: Any) -> None:
        self.user, self.to_sign = user, to_sign
        self.shown = data.get("page_of_record", "") if data is not None else ""
        if data is not None:  # the page that answers shows what stands now
            data = data.copy()
            data["page_of_record"] = to_sign.stands
        super().__init__(data, **kwargs)
        self.fields["page_of_record"].initial = to_sign.stands

    def refuse_what_changed(self) -> None:
        """Raise Refusal unless what the page showed is what stands now. Asked in the transaction of the signature."""
        if self.shown != self.to_sign.again():
            raise Refusal([CHANGED])

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        clean.pop("page_of_record", None)
        return clean

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if sentences := signing.password_refusals(self.user, password):
            raise forms.ValidationError(sentences)
        return ""
