"""What an office chooses and types to have forms made for many units."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing

from assessments.form_enums import GatheredAs
from assessments.queries.issuing import STAGES, FormsWanted
from portfolio.forms import SignatureForm, ToSign
from portfolio.forms.kept import CHANGED
from portfolio.refusal import Refusal

SALT = "assessments.forms.issuing"
ANY_UNIT, ANY_COHORT, ANY_CLAIM = "Any unit", "Any cohort", "Any or none"


class FormsFilterForm(forms.Form):
    """Which units to list. A filter that cannot be read says so, and the others hold."""

    search = forms.CharField(label="Candidate or unit", required=False, max_length=100)
    unit = forms.TypedChoiceField(label="Unit", required=False, coerce=int, empty_value=None)
    cohort = forms.ChoiceField(label="Cohort", required=False)
    claims = forms.TypedChoiceField(label="Claimed in", required=False, coerce=int, empty_value=None)
    stage = forms.ChoiceField(label="How far", required=False, choices=list(STAGES.items()))

    def __init__(
        self,
        *args: Any,
        units: Iterable[tuple[int, str]],
        cohorts: Iterable[str],
        claims: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        """What a centre has none of is not asked."""
        super().__init__(*args, **kwargs)
        self.offer("unit", ANY_UNIT, units)
        self.offer("cohort", ANY_COHORT, ((name, name) for name in cohorts))
        self.offer("claims", ANY_CLAIM, claims)
        self.is_valid()

    def offer(self, name: str, empty: str, choices: Iterable[tuple[Any, str]]) -> None:
        found = list(choices)
        self.fields[name].choices = [("", empty), *found]  # type: ignore[attr-defined]
        if not found:
            del self.fields[name]

    @property
    def wanted(self) -> FormsWanted:
        """What is asked for, as far as it could be read."""
        return FormsWanted(**{**self.cleaned_data, "search": self.cleaned_data.get("search", "").strip()})

    @property
    def narrows(self) -> bool:
        return any(value not in ("", None) for value in self.cleaned_data.values())

    @property
    def in_words(self) -> str:
        """What is asked for, as the batch is called: `CC26, Autumn 2026`."""
        words = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value not in ("", None):
                choices = dict(getattr(field, "choices", ()))
                words.append(str(choices.get(value, value)))
        return ", ".join(words) or "All units"


@dataclass(frozen=True)
class FormsShown:
    """What a page of forms had before whoever signs on it: `found` stands for how much was found, and when that was."""

    found: str
    at: datetime.datetime

    @property
    def token(self) -> str:
        """The same for the page to say, signed: no page says that it was shown later than it was."""
        return signing.dumps([self.found, self.at.isoformat()], salt=SALT)

    @classmethod
    def read(cls, token: str) -> "FormsShown":
        """What a page said. Raises Refusal where it was none of ours."""
        try:
            found, at = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            raise Refusal([CHANGED]) from None
        return cls(found, datetime.datetime.fromisoformat(at))


class MakeFormsForm(SignatureForm):
    """As what they are downloaded, and the password that signs for all of them.

    All that was found is signed while it is as much as the page said. A unit whose record came to be after the page was
    shown is left out when its turn comes: `shown_at` goes with the batch.
    """

    gathered_as = forms.ChoiceField(
        label="Download them as", choices=GatheredAs.choices, widget=forms.RadioSelect, initial=GatheredAs.PDF
    )
    field_order = ["gathered_as", "password"]

    def __init__(self, *args: Any, shown: FormsShown, all_found: Callable[[], str] | None, **kwargs: Any) -> None:
        """`all_found` says anew how much is found, where all of it is to be signed."""
        self.all_found = all_found
        super().__init__(*args, to_sign=ToSign.fixed(shown.token), **kwargs)

    @property
    def shown_at(self) -> datetime.datetime:
        """When the page was shown on which it was signed."""
        return FormsShown.read(self.shown).at

    def refuse_what_changed(self) -> None:
        shown = FormsShown.read(self.shown)
        if self.all_found and shown.found != self.all_found():
            raise Refusal([CHANGED])


class GatherForm(forms.Form):
    """As what a batch that was made is put together again."""

    gathered_as = forms.ChoiceField(choices=GatheredAs.choices)
