"""What a centre's office types of whole awards that candidates are registered for."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.forms.office import CHOOSE, MOST_OFFERED, FindCandidateForm
from assessments.queries.office import candidates_of, named
from assessments.queries.registration import Wanted
from portfolio.forms import KeptForm, day
from portfolio.models import CandidateRecord, Centre
from units.models import Qualification

ANY_AWARD = "Any award"


class AwardFilterForm(forms.Form):
    """Which registrations to list."""

    search = forms.CharField(label="Candidate or registration number", required=False, max_length=100)
    qualification = forms.TypedChoiceField(label="Award", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, qualifications: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qualification"].choices = [("", ANY_AWARD), *qualifications]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def wanted(self) -> Wanted:
        """What is asked for, as far as it could be read."""
        clean = self.cleaned_data
        return Wanted(clean.get("search", "").strip(), clean.get("qualification"))

    @property
    def narrows(self) -> bool:
        return any(value not in ("", None) for value in self.cleaned_data.values())


class RegistrationForm(KeptForm):
    """Under which number, and since when."""

    kept_as = "registration"

    number = forms.CharField(
        label="Registration number", max_length=30, required=False, help_text="Where the awarding body gives one."
    )
    registered_on = day("Registered with the awarding body on")


class RegisterForm(RegistrationForm):
    """A candidate, and the whole award. Offers the candidates that were searched for, as enrolling does."""

    kept_as = "new registration"

    candidate = forms.ModelChoiceField(queryset=CandidateRecord.objects.none(), empty_label=CHOOSE)
    qualification = forms.ModelChoiceField(queryset=Qualification.objects.none(), empty_label=CHOOSE)
    field_order = ("candidate", "qualification", "number", "registered_on")

    def __init__(self, *args: Any, centre: Centre, today: datetime.date, search: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidates = candidates_of(centre, today)
        found = list(named(candidates, search)[: MOST_OFFERED + 1])
        self.search, self.more, self.none = search, len(found) > MOST_OFFERED, not found
        self.fields["candidate"].queryset = candidates  # type: ignore[attr-defined]
        offered = [(record.pk, str(record)) for record in found[:MOST_OFFERED]]
        self.fields["candidate"].choices = [("", CHOOSE), *offered]  # type: ignore[attr-defined]
        self.fields["qualification"].queryset = Qualification.objects.offered_at(centre)  # type: ignore[attr-defined]

    @property
    def find(self) -> FindCandidateForm | None:
        """The search, where there is more to find than is offered, or something was searched for."""
        return FindCandidateForm({"search": self.search}) if self.more or self.search else None


class EndForm(KeptForm):
    """Why a registration ends."""

    kept_as = "end of a registration"

    reason = forms.CharField(label="Why it ends", widget=forms.Textarea(attrs={"rows": 3}))
