"""What is typed into a case."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms

from assessments.actions.evidence import NamedFile
from assessments.enums import CaseKind, CaseOutcome
from assessments.forms.uploads import FilesField, once
from assessments.models import Enrolment, Evidence
from assessments.queries.office import candidates_of
from portfolio.forms import KeptForm, day
from portfolio.models import CandidateRecord, Centre, StaffRecord

CHOOSE = "Choose…"


class OpenCaseForm(KeptForm):
    kept_as = "case"

    kind = forms.ChoiceField(label="What it is about", choices=CaseKind.choices, widget=forms.RadioSelect)
    summary = forms.CharField(label="What is suspected, and how it came up", widget=forms.Textarea(attrs={"rows": 5}))
    candidates = forms.ModelMultipleChoiceField(
        label="Candidates it concerns",
        queryset=CandidateRecord.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff = forms.ModelMultipleChoiceField(
        label="Staff it concerns",
        queryset=StaffRecord.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, centre: Centre, today: datetime.date, me: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["candidates"].queryset = candidates_of(centre, today)  # type: ignore[attr-defined]
        others = StaffRecord.objects.filter(centre=centre).exclude(user=me)
        self.fields["staff"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("candidates") and not cleaned.get("staff"):
            self.add_error("candidates", "Say whom the case concerns: a candidate, or somebody of the staff.")
        return cleaned


class StepForm(KeptForm):
    kept_as = "case-step"

    happened_on = day("When")
    text = forms.CharField(label="What was done or learnt", widget=forms.Textarea(attrs={"rows": 4}))
    uploads = FilesField(
        label="Files",
        required=False,
        help_text="Statements, letters, the recording of an interview: only those who work on the case open them.",
    )
    leave_out = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, kept: Sequence[NamedFile] = (), refused: Sequence[str] = (), **kwargs: Any) -> None:
        """`kept` are files just stored; `refused` the sentences for those that are not."""
        super().__init__(*args, **kwargs)
        self.kept, self.refused = once(kept), list(refused)
        named = [f"kept-{file.upload}" for file in self.kept]
        self.fields["leave_out"].choices = [(name, name) for name in named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for sentence in self.refused:
            self.add_error("uploads", sentence)
        return cleaned

    @property
    def added(self) -> list[NamedFile]:
        """The files that go with the step."""
        out = set(self.cleaned_data.get("leave_out", []))
        return [file for file in self.kept if f"kept-{file.upload}" not in out]


class InvestigatorForm(forms.Form):
    user = forms.ChoiceField(
        label="Who is to investigate", help_text="Nobody is offered who has an interest in the case."
    )

    def __init__(self, *args: Any, offered: list[StaffRecord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(record.user_id), record.name) for record in offered]
        self.fields["user"].choices = [("", CHOOSE), *rows]  # type: ignore[attr-defined]


class HoldForm(forms.Form):
    """A unit, or an item handed in, to be held."""

    what = forms.ChoiceField(label="What is to be held")

    def __init__(self, *args: Any, units: list[Enrolment], items: list[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (f"unit-{row.pk}", f"{row.candidate}: {row.unit.short_code}, {row.get_status_display()}") for row in units
        ]
        handed_in = [(f"item-{row.pk}", f"{row.candidate}: {row}") for row in items]
        groups = [("Units, with their claims", offered), ("Evidence", handed_in)]
        self.fields["what"].choices = [("", CHOOSE), *groups]  # type: ignore[attr-defined]


class CloseCaseForm(KeptForm):
    kept_as = "case-outcome"

    outcome = forms.ChoiceField(choices=CaseOutcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Why, and what follows", widget=forms.Textarea(attrs={"rows": 4}))
