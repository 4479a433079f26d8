"""What somebody wants to be told by e-mail."""

from collections.abc import Iterable
from typing import Any

from django import forms

from portfolio.enums import Rhythm, Role, Told
from portfolio.rules import CONCERNS


class TellingForm(forms.Form):
    """What somebody is told by e-mail: how often, and of the kinds that concern their roles which."""

    rhythm = forms.TypedChoiceField(
        label="How often", coerce=Rhythm, choices=Rhythm.choices, widget=forms.RadioSelect, required=True
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: list[Told] = []
        self.groups: list[str] = []
        for role in roles:
            kinds = [kind for kind, concerned in CONCERNS.items() if role in concerned and kind not in self.offered]
            if kinds:
                self._offer(role, kinds)

    def _offer(self, role: Role, kinds: list[Told]) -> None:
        self.offered += kinds
        self.groups.append(role.value)
        self.fields[role.value] = forms.TypedMultipleChoiceField(
            label=f"As {'an' if role.label[0] in 'AI' else 'a'} {role.label.lower()}",
            coerce=Told,
            choices=[(kind.value, kind.label) for kind in kinds],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    @property
    def wanted(self) -> list[Told]:
        """The kinds that are ticked."""
        return [kind for group in self.groups for kind in self.cleaned_data[group]]
