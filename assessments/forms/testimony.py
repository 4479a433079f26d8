"""Forms of a witness's testimony: the candidate's request, and the witness's answer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms

from assessments.actions.testimony import Asked, Said
from assessments.enums import WitnessStatus
from assessments.models import Testimony
from portfolio.forms import KeptForm, day
from portfolio.models import Statement
from units.models import Criterion


class AskForm(KeptForm):
    """Whom to ask, and for what."""

    kept_as = "witness"

    name = forms.CharField(label="Name of the witness", max_length=200)
    email = forms.EmailField(
        label="Their e-mail address", max_length=254, help_text="Their own, at work if they have one there."
    )
    relationship = forms.CharField(
        label="What they are to you",
        max_length=200,
        help_text="Such as team leader, colleague or customer. Not a relative.",
    )
    job_title = forms.CharField(label="Their job", max_length=200, required=False)
    request = forms.CharField(
        label="What they saw you do",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Remind them of the occasion. They answer in their own words, so do not write it for them.",
    )
    criteria = forms.MultipleChoiceField(
        label="The criteria it is for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one criterion that the witness is to speak of."},
    )

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], before: Testimony | None = None, **kwargs: Any
    ) -> None:
        """`criteria` are those the item is mapped to; `before` the witness of an earlier version, to be asked again."""
        super().__init__(*args, **kwargs)
        choices = {row.pk: f"{row.unit.short_code} {row.number}: {row.text}" for row in criteria}
        self.fields["criteria"].choices = list(choices.items())  # type: ignore[attr-defined]
        names = [name for name in self.fields if name != "criteria"]
        again = {name: getattr(before, name) for name in names} if before else {}
        self.initial = {**again, "criteria": list(choices)}

    @property
    def asked(self) -> Asked:
        """What was typed, for the action."""
        return Asked(**{**self.cleaned_data, "criteria": [int(pk) for pk in self.cleaned_data["criteria"]]})


class WitnessForm(forms.Form):
    """What a witness writes. Everything may wait until they sign.

    It is no KeptForm, for a witness has no account to keep it under: what they wrote is kept with the request.
    """

    statement = forms.CharField(
        label="What I saw",
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="In your own words: what the candidate did, and how. Leave out names and details of customers.",
    )
    place = forms.CharField(label="Where it was", max_length=200, required=False)
    seen_from = day("The day, or the first of several", required=False)
    seen_to = day("The last day, if there were several", required=False)
    own_relationship = forms.CharField(
        label="What I am to the candidate",
        max_length=200,
        required=False,
        help_text="Such as their team leader, colleague or customer.",
    )
    own_job_title = forms.CharField(label="My job", max_length=200, required=False)
    telephone = forms.CharField(
        label="My telephone number",
        max_length=40,
        required=False,
        help_text="Only for the staff of the centre, if they want to ask you something.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    status = forms.ChoiceField(
        label="What I know of the work",
        choices=WitnessStatus.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="“The standards” are the criteria listed above and what they ask for.",
    )
    confirmed = forms.BooleanField(required=False)
    name = forms.CharField(
        label="My full name, as my signature",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    shown = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, testimony: Testimony, statement: Statement, signing: bool, **kwargs: Any) -> None:
        """`statement` are the words signed as they are in force now; unless `signing`, nothing is asked for."""
        super().__init__(*args, **kwargs)
        kept = {name: getattr(testimony, name) for name in asdict(Said())}
        again = {"own_relationship": kept["own_relationship"] or testimony.relationship}
        job = {"own_job_title": kept["own_job_title"] or testimony.job_title}
        self.initial = {**kept, **again, **job, "shown": statement.pk}
        self.fields["confirmed"].label = f"I am {testimony.name}, and {testimony.email} is my address"
        self.words, self.signing = statement, signing

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("seen_from"), cleaned.get("seen_to")
        if first and last and last < first:
            self.add_error("seen_to", "The last day cannot lie before the first.")
        if self.signing:
            self._clean_signature(cleaned)
        return cleaned

    def _clean_signature(self, cleaned: dict[str, Any]) -> None:
        wanted = {
            "statement": "Write down what you saw.",
            "place": "Say where it was.",
            "seen_from": "Say on which day it was.",
            "own_relationship": "Say what you are to the candidate.",
            "status": "Choose what you know of the work.",
            "confirmed": "Confirm that this is you. If it is not, please decline: the letter went to the wrong person.",
            "name": "Type your full name: it is your signature.",
        }
        for name, sentence in wanted.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if cleaned.get("shown") != self.words.pk:
            self.add_error(None, "The words that you sign have changed. Read them again, then sign.")

    @property
    def said(self) -> Said:
        """What was typed, for the action."""
        return Said(**{name: self.cleaned_data[name] for name in asdict(Said())})


class DeclineForm(forms.Form):
    """Why not, in a word."""

    reason = forms.CharField(
        label="Why, in a word",
        max_length=500,
        help_text="The candidate reads it.",
        error_messages={"required": "Say in a word why: the candidate will read it."},
    )
