"""What is typed when an external verifier is let in, and what they write themselves."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q

from assessments.enums import UnitStatus
from portfolio.forms import KeptForm, day
from units.models import AwardingBody, Qualification, Unit


class AccessForm(KeptForm):
    """Who is let in, for which units, from when to when, and whether they may take anything away."""

    kept_as = "external verifier"

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail address", help_text="The letter with the next step goes there at once.")
    awarding_body = forms.ModelChoiceField(
        label="Sent by", queryset=AwardingBody.objects.none(), empty_label="Choose the awarding body…"
    )
    qualification = forms.ModelChoiceField(
        label="Qualification",
        queryset=Qualification.objects.none(),
        required=False,
        empty_label="None: the units below",
        help_text="Every unit that can stand in it.",
    )
    units = forms.ModelMultipleChoiceField(
        label="Units",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick those they look at. With none ticked and no qualification: all units of the awarding body.",
    )
    starts_on = day("First day")
    ends_on = day("Last day", help_text="Their access ends by itself when this day is over.")
    reference = forms.CharField(
        label="Visit or reference",
        max_length=200,
        help_text="What it is for: “visit of spring 2026”, or the reference in the awarding body’s letter.",
    )
    may_download = forms.BooleanField(
        label="They may download files and documents",
        required=False,
        help_text="Without this they see everything in place, and take nothing away.",
    )

    def __init__(
        self,
        *args: Any,
        bodies: list[AwardingBody],
        qualifications: list[Qualification],
        units: list[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if qualifications:
            known = [qualification.pk for qualification in qualifications]
            field = self.fields["qualification"]
            field.queryset = Qualification.objects.filter(pk__in=known)  # type: ignore[attr-defined]
            field.choices = [("", "None: the units below"), *((row.pk, str(row)) for row in qualifications)]  # type: ignore[attr-defined]
        else:
            del self.fields["qualification"]
        pks = [body.pk for body in bodies]
        self.fields["awarding_body"].queryset = AwardingBody.objects.filter(pk__in=pks)  # type: ignore[attr-defined]
        field = self.fields["units"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        field.choices = [(unit.pk, f"{unit.awarding_body} {unit.offered_as}") for unit in units]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The units of the qualification that was chosen, with those that were ticked."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        qualification = cleaned.pop("qualification", None)
        if qualification is not None:
            ticked = [unit.pk for unit in cleaned.get("units", ())]
            within = Q(listed_in__qualification=qualification) | Q(pk__in=ticked)
            cleaned["units"] = list(Unit.objects.filter(within).distinct())
        return cleaned


class LastDayForm(forms.Form):
    """Until which day somebody is let in."""

    ends_on = day("Last day")


class RemitFilterForm(forms.Form):
    """Which of the units of a remit to show."""

    words = forms.CharField(label="Candidate or unit", required=False, max_length=100)
    status = forms.ChoiceField(label="Where it stands", required=False, choices=[("", "Anywhere"), *UnitStatus.choices])
    unsampled = forms.BooleanField(label="Not sampled by the centre", required=False)


class AuthoriseForm(KeptForm):
    """In which report a claim is authorised."""

    kept_as = "authorise claim"

    reference = forms.CharField(
        label="Your report, or its reference", max_length=100, help_text="The centre's claim names it."
    )


class NoteForm(KeptForm):
    """Something an external verifier writes down."""

    kept_as = "external note"

    words = forms.CharField(label="What you noted", widget=forms.Textarea(attrs={"rows": 6}))


def default_days(today: datetime.date) -> dict[str, datetime.date]:
    """Two weeks from today: a visit with its preparation."""
    return {"starts_on": today, "ends_on": today + datetime.timedelta(days=13)}
