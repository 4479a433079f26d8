"""What is typed about keeping: what to list, how long a class is kept, a legal hold, and an order of destruction."""

import datetime
from typing import Any

from django import forms

from assessments.forms.office import MOST_OFFERED, FindCandidateForm
from assessments.keeping import DESTROYABLE, LONGEST
from assessments.models import Enrolment
from assessments.queries.office import named
from assessments.queries.retention import Due
from portfolio.forms import KeptForm, SignatureForm, day
from portfolio.models import CandidateRecord, Centre
from units.enums import CountedFrom, PeriodUnit, WhenDue

CHOOSE = "Choose…"
ALL = "All of the candidate’s records"
HELD, FREE = "held", "free"


class DueFilterForm(forms.Form):
    """What falls due until a day, of whom, and whether something holds it."""

    search = forms.CharField(label="Candidate or unit", required=False, max_length=100)
    record_class = forms.ChoiceField(
        label="What", required=False, choices=[("", "Everything"), *((row.value, row.label) for row in DESTROYABLE)]
    )
    held = forms.ChoiceField(
        label="Held", required=False, choices=[("", "Either"), (FREE, "Held by nothing"), (HELD, "Held by something")]
    )
    until = day("Due until", required=False)

    def __init__(self, *args: Any, ahead: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ahead = ahead
        self.is_valid()

    @property
    def until_day(self) -> datetime.date:
        found: datetime.date | None = self.cleaned_data.get("until")
        return found or self.ahead

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def fits(self, due: Due) -> bool:
        """Whether a line is among those asked for."""
        asked = self.cleaned_data
        words = str(asked.get("search") or "").strip().casefold()
        return (
            (not words or words in due.candidate.casefold() or words == due.unit.casefold())
            and (not asked.get("record_class") or asked["record_class"] == due.record_class)
            and (not asked.get("held") or (asked["held"] == HELD) == bool(due.holds))
        )


class KeepingForm(KeptForm):
    """How long a class of record is kept."""

    kept_as = "rule of keeping"

    length = forms.IntegerField(label="Kept for", min_value=1, max_value=max(LONGEST.values()))
    unit = forms.ChoiceField(label="Of what", choices=PeriodUnit.choices)
    counted_from = forms.ChoiceField(
        label="Counted from",
        choices=[(row.value, row.label[:1].upper() + row.label[1:]) for row in CountedFrom],
        help_text="Of a unit that was withdrawn, the time counts from the day it was.",
    )
    when_due = forms.ChoiceField(label="What happens then", choices=WhenDue.choices)
    source = forms.CharField(
        label="Where the rule comes from",
        max_length=300,
        help_text="The regulation, the awarding body’s document or your own policy. It stands on the certificate.",
    )


class HoldForm(KeptForm):
    """That something is kept in spite of the schedule."""

    kept_as = "legal hold"

    candidate = forms.ModelChoiceField(queryset=CandidateRecord.objects.none(), empty_label=CHOOSE)
    enrolment = forms.ModelChoiceField(label="Unit", queryset=Enrolment.objects.none(), required=False, empty_label=ALL)
    reason = forms.CharField(
        label="Why it is kept",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who asked for it, and in which matter. The centre’s administrators read it.",
    )

    def __init__(self, *args: Any, centre: Centre, search: str, **kwargs: Any) -> None:
        """Offers the candidates that were searched for and their units; any of the centre's may be sent."""
        super().__init__(*args, **kwargs)
        candidates = CandidateRecord.objects.filter(centre=centre)
        found = list(named(candidates, search)[: MOST_OFFERED + 1])
        self.search, self.more, self.none = search, len(found) > MOST_OFFERED, not found
        units = Enrolment.objects.filter(centre=centre)
        self.fields["candidate"].queryset = candidates  # type: ignore[attr-defined]
        self.fields["enrolment"].queryset = units  # type: ignore[attr-defined]
        offered = {row.pk: row.legal_name for row in found[:MOST_OFFERED]}
        theirs = units.filter(candidate__in=offered).order_by("candidate__legal_name", "unit__short_code")
        codes = [
            (pk, f"{offered[candidate]}: {code}")
            for pk, candidate, code in theirs.values_list("pk", "candidate", "unit__short_code")
        ]
        self.fields["candidate"].choices = [("", CHOOSE), *offered.items()]  # type: ignore[attr-defined]
        self.fields["enrolment"].choices = [("", ALL), *codes]  # type: ignore[attr-defined]

    @property
    def find(self) -> FindCandidateForm | None:
        """The search, where there is more to find than is offered, or something was searched for."""
        return FindCandidateForm({"search": self.search}) if self.more or self.search else None


class ReasonForm(KeptForm):
    """Why a hold is lifted, or an order given up."""

    kept_as = "reason about keeping"

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class OrderForm(forms.Form):
    """A remark to an order of destruction."""

    note = forms.CharField(label="Remark", required=False, max_length=1000)


class ConfirmForm(SignatureForm):
    """The password again: bytes do not come back."""

    sure = forms.BooleanField(label="I have looked through what is to be destroyed. It cannot be brought back.")
    field_order = ("sure", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = "Typed again, it confirms the destruction in your name."
