"""Forms of standardisation: an exercise is set, judged in, and agreed on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from assessments.actions.standardisation import Said
from assessments.enums import Verdict
from assessments.forms.activities import Choices, words
from portfolio.forms import KeptForm, day
from units.models import Criterion

NOT_MET = "Say what is still needed."


class SetExerciseForm(KeptForm):
    """An item for several to judge, unseen of each other."""

    kept_as = "exercise"

    title = forms.CharField(max_length=200, help_text="Such as “What counts as 2.1?”.")
    reason = words("Why this item", 2)
    version = forms.TypedChoiceField(label="Item", coerce=int)
    criteria = forms.TypedMultipleChoiceField(
        label="Criteria to judge it against",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the criteria it is to be judged against."},
    )
    participants = forms.TypedMultipleChoiceField(
        label="Who judges",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose two of the staff at least."},
    )
    name_hidden = forms.BooleanField(
        label="Hide the candidate’s name",
        required=False,
        initial=True,
        help_text="Names inside the files and in what the candidate wrote are not hidden: choose an item without, "
        "or redact its file first.",
    )
    due_on = day("To be answered by")

    def __init__(
        self, *args: Any, items: Choices, criteria: Iterable[Criterion], staff: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        listed = [(row.pk, f"{row.number} {row.text}") for row in criteria]
        self.fields["version"].choices = [("", "Choose…"), *items]  # type: ignore[attr-defined]
        self.fields["criteria"].choices = listed  # type: ignore[attr-defined]
        self.fields["participants"].choices = list(staff)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class VerdictField:
    """A criterion with the field of its verdict and the one of its words."""

    criterion: Criterion
    verdict: BoundField
    words: BoundField

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Each verdict, its label, and whether it is chosen."""
        chosen = self.verdict.value()
        return [(value, label, value == chosen) for value, label in Verdict.choices]


class BlindForm(KeptForm):
    """A participant's verdict on every criterion of an exercise."""

    kept_as = "exercise judged"

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for row in self.criteria:
            self.fields[f"verdict_{row.pk}"] = forms.ChoiceField(
                label=f"{row.number} {row.text}",
                choices=Verdict.choices,
                widget=forms.RadioSelect,
                error_messages={"required": "Say whether it is met."},
            )
            self.fields[f"words_{row.pk}"] = forms.CharField(label=f"Why, for {row.number}", required=False)

    @property
    def rows(self) -> list[VerdictField]:
        return [VerdictField(row, self[f"verdict_{row.pk}"], self[f"words_{row.pk}"]) for row in self.criteria]

    def clean(self) -> dict[str, Any]:
        """The verdicts as the verb takes them, under `said`."""
        values = super().clean() or self.cleaned_data
        said = {}
        for row in self.criteria:
            verdict, typed = values.get(f"verdict_{row.pk}", ""), values.get(f"words_{row.pk}", "")
            if verdict and verdict != Verdict.MET and not typed:
                self.add_error(f"verdict_{row.pk}", NOT_MET)
            said[row.pk] = Said(verdict, typed)
        return {"said": said}


class AgreedForm(KeptForm):
    """What was agreed on a criterion."""

    kept_as = "agreed outcome"

    verdict = forms.ChoiceField(label="This evidence", choices=Verdict.choices, widget=forms.RadioSelect)
    rationale = words("Why", 4, help_text="Whoever judges against this criterion at the centre reads it from now on.")
    meeting = forms.TypedChoiceField(label="Agreed in", coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, meetings: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].choices = [("", "No meeting"), *meetings]  # type: ignore[attr-defined]
