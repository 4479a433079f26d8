"""What an office types to give many units to somebody else."""

import datetime
from typing import Any

from django import forms

from assessments.enums import AllocatedAs
from assessments.forms.office import NO_COUNTERSIGNER, called, despite, staff_for
from portfolio.models import Centre, User

NOBODY = "nobody"


class ToWhomForm(forms.Form):
    """Which part goes to whom. Every part offers its own people; only those of the part chosen count."""

    part = forms.ChoiceField(label="What changes", choices=AllocatedAs.choices)
    assessor = forms.ChoiceField(label="New assessor", required=False)
    countersigner = forms.ChoiceField(label="New countersigner", required=False)
    verifier = forms.ChoiceField(label="New internal verifier", required=False)

    def __init__(self, *args: Any, centre: Centre, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {}
        for part in AllocatedAs:
            offered = list(staff_for(part, centre, today))
            self.people.update({record.user.handle: record.user for record in offered})
            choices = [("", "Choose…"), *((record.user.handle, called(record)) for record in offered)]
            if part == AllocatedAs.COUNTERSIGNER:
                choices.append((NOBODY, NO_COUNTERSIGNER))
            self.fields[part].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """`user`: whoever was chosen for the part; None for nobody."""
        cleaned = super().clean() or {}
        part = cleaned.get("part")
        if part:
            chosen = cleaned.get(part, "")
            if not chosen:
                self.add_error(part, "Choose who it is from now on.")
            cleaned["user"] = self.people.get(chosen)
        return cleaned


class ReassignForm(forms.Form):
    """Why the allocations change; and why a conflict of interest cannot be avoided, where there is one."""

    reason = forms.CharField(label="Why it changes", max_length=500)
    despite = despite()
