"""What a centre's office types: enrolments, allocations, approvals."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from assessments.allocating import NO_AWARD_YET
from assessments.enums import AllocatedAs
from assessments.queries.enrolment import assessors_of, qualified_assessors, staff_holding
from assessments.queries.office import candidates_of, named, units_offered
from portfolio.forms import KeptForm, day
from portfolio.models import CandidateRecord, Centre, StaffRecord
from portfolio.rules import VERIFYING
from units.forms import UnitField
from units.models import Qualification, Unit

NO_COUNTERSIGNER = "Nobody"
CHOOSE = "Choose…"
MOST_OFFERED = 30


def despite() -> forms.CharField:
    """Why somebody assesses in spite of a conflict of interest (Ofqual A4.6)."""
    return forms.CharField(
        label="Why a conflict of interest cannot be avoided",
        required=False,
        max_length=500,
        help_text="Only where the assessor has one with the candidate. The countersigner then reviews every decision.",
    )


def staff_for(part: AllocatedAs, centre: Centre, today: datetime.date) -> QuerySet[StaffRecord]:
    """Who can be named in the part, as far as their roles and awards say."""
    if part == AllocatedAs.COUNTERSIGNER:
        return qualified_assessors(centre, today)
    if part == AllocatedAs.ASSESSOR:
        return assessors_of(centre, today)
    return staff_holding(centre, today, *VERIFYING)


def called(record: StaffRecord) -> str:
    """What somebody is called in a choice: with a word where they hold no assessor's award yet, which asks for more."""
    return record.name if getattr(record, "awarded", True) else f"{record.name} (needs a countersigner)"


class StaffField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One of the staff, by what they are called."""

    def label_from_instance(self, obj: StaffRecord) -> str:
        return called(obj)


class FindCandidateForm(forms.Form):
    """Which candidates to offer, where a centre has more than anybody reads through."""

    search = forms.CharField(label="Find a candidate by name, number or e-mail", required=False, max_length=100)


class EnrolForm(forms.Form):
    """A candidate, a unit, and everybody who will work on it.

    Offers the candidates that were searched for, as many as a list is good for; any of the centre's may be sent.
    """

    candidate = forms.ModelChoiceField(queryset=CandidateRecord.objects.none(), empty_label=CHOOSE)
    unit = UnitField(queryset=Unit.objects.none(), empty_label=CHOOSE)
    assessor = StaffField(queryset=StaffRecord.objects.none(), empty_label=CHOOSE)
    countersigner = StaffField(
        queryset=StaffRecord.objects.none(),
        required=False,
        empty_label=NO_COUNTERSIGNER,
        help_text=f"Where the assessor {NO_AWARD_YET}.",
    )
    verifier = StaffField(label="Internal verifier", queryset=StaffRecord.objects.none(), empty_label=CHOOSE)
    despite = despite()
    started_on = day("Starts on")
    target_on = day("Target date", required=False)
    cohort = forms.CharField(
        required=False,
        max_length=60,
        help_text="Who goes through together, as the centre calls them: “Autumn 2026”. Lists are narrowed by it.",
    )

    def __init__(self, *args: Any, centre: Centre, today: datetime.date, search: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidates = candidates_of(centre, today)
        found = list(named(candidates, search)[: MOST_OFFERED + 1])
        self.search, self.more, self.none = search, len(found) > MOST_OFFERED, not found
        choices = {
            "candidate": candidates,
            "unit": units_offered(centre),
            **{part.value: staff_for(part, centre, today) for part in AllocatedAs},
        }
        for field, queryset in choices.items():
            self.fields[field].queryset = queryset  # type: ignore[attr-defined]
        offered = [(record.pk, str(record)) for record in found[:MOST_OFFERED]]
        self.fields["candidate"].choices = [("", CHOOSE), *offered]  # type: ignore[attr-defined]

    @property
    def find(self) -> FindCandidateForm | None:
        """The search, where there is more to find than is offered, or something was searched for."""
        return FindCandidateForm({"search": self.search}) if self.more or self.search else None

    def clean(self) -> dict[str, Any]:
        """Staff records become the people behind them."""
        cleaned = super().clean() or {}
        for field in ("assessor", "countersigner", "verifier"):
            if cleaned.get(field) is not None:
                cleaned[field] = cleaned[field].user
        return cleaned


class AllocateForm(KeptForm):
    """Who holds a part of an enrolment from now on, and why that changes."""

    kept_as = "allocation"

    user = StaffField(label="From now on", queryset=StaffRecord.objects.none(), empty_label=CHOOSE)
    reason = forms.CharField(label="Why it changes", widget=forms.Textarea(attrs={"rows": 2}))
    despite = despite()

    def __init__(self, *args: Any, centre: Centre, part: AllocatedAs, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        field.queryset = staff_for(part, centre, today)  # type: ignore[attr-defined]
        if part != AllocatedAs.ASSESSOR:
            del self.fields["despite"]
        if part == AllocatedAs.COUNTERSIGNER:
            field.required = False
            field.empty_label = NO_COUNTERSIGNER  # type: ignore[attr-defined]

    def clean_user(self) -> Any:
        record = self.cleaned_data["user"]
        return record.user if record else None


class ApprovalForm(forms.Form):
    """An awarding body's approval of the centre."""

    centre_number = forms.CharField(max_length=30)


class FormApprovalForm(forms.Form):
    """Which external verifier approved the centre's own recording form."""

    approved_by = forms.CharField(label="Approved by", max_length=200, help_text="The external verifier's name.")
    approved_on = day("Approved on")


class DirectClaimForm(forms.Form):
    """For which units the centre may claim directly, from when to when, and on what that rests."""

    unit = UnitField(
        label="For", queryset=Unit.objects.none(), required=False, empty_label="All units of the awarding body"
    )
    qualification = forms.ModelChoiceField(
        label="Or for a qualification",
        queryset=Qualification.objects.none(),
        required=False,
        empty_label="None by itself",
        help_text="Its units and its whole award are then claimed directly.",
    )
    starts_on = day("From")
    ends_on = day("To", required=False, help_text="Leave it empty where the awarding body names no last day.")
    reference = forms.CharField(label="The report it rests on", max_length=100)

    def __init__(
        self, *args: Any, units: QuerySet[Unit], qualifications: QuerySet[Qualification], **kwargs: Any
    ) -> None:
        """Without qualifications to choose from, none is asked for."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["qualification"].queryset = qualifications  # type: ignore[attr-defined]
        if not qualifications:
            del self.fields["qualification"]


class WithdrawnForm(KeptForm):
    """From which day the awarding body withdrew direct claim status, and why."""

    kept_as = "direct claim status withdrawn"

    withdrawn_on = day("Withdrawn from", help_text="From this day on nothing is claimed by it.")
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
