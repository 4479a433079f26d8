"""What is asked of a criterion, and why; and why it is asked no longer."""

from typing import Any

from django import forms

from assessments.actions.consistency import AskedFor
from assessments.enums import Effect
from assessments.models.consistency import COUNTED, MOST
from portfolio.forms import KeptForm

LEFT_OPEN = "Leave it empty to leave it to the wider rule. 1 asks for nothing more than that it is met."
EFFECTS = {
    Effect.WARN: "Warn: everybody sees what falls short, and the assessor decides",
    Effect.BLOCK: "Block: the unit is neither declared complete nor signed off before",
}


def few(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST, help_text=help_text)


class RuleForm(KeptForm):
    """How often each criterion must be shown."""

    kept_as = "consistency"

    times = few("How many times", LEFT_OPEN)
    dates = few("On how many different dates")
    kinds = few("By how many kinds of evidence")
    effect = forms.ChoiceField(
        label="Where it is not reached",
        choices=list(EFFECTS.items()),
        initial=Effect.WARN,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why", widget=forms.Textarea(attrs={"rows": 3}), help_text="Everybody reads it beside what falls short."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in COUNTED):
            raise forms.ValidationError("Say how many times, on how many dates, or by how many kinds of evidence.")
        return cleaned

    @property
    def asked(self) -> AskedFor:
        """What was typed, for the action."""
        return AskedFor(self.cleaned_data["effect"], *(self.cleaned_data[name] for name in COUNTED))


class EndRuleForm(KeptForm):
    """Why it is asked for no longer."""

    kept_as = "rule's end"

    reason = forms.CharField(label="Why it ends", widget=forms.Textarea(attrs={"rows": 3}))
