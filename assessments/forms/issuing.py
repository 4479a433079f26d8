"""What an office chooses and types to have forms made for many units."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.form_enums import GatheredAs
from assessments.queries.issuing import STAGES, FormsWanted
from portfolio.forms import SignatureForm

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


class MakeFormsForm(SignatureForm):
    """As what they are downloaded, and the password that signs for all of them."""

    gathered_as = forms.ChoiceField(
        label="Download them as", choices=GatheredAs.choices, widget=forms.RadioSelect, initial=GatheredAs.PDF
    )
    field_order = ["gathered_as", "password"]


class GatherForm(forms.Form):
    """As what a batch that was made is put together again."""

    gathered_as = forms.ChoiceField(choices=GatheredAs.choices)
