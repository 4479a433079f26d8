"""Forms of the sampling strategy: its rules, an agreement, a rating, a draw, a unit added or taken out by hand."""

import datetime
from typing import Any

from django import forms

from assessments.enums import EvidenceKind, RiskLevel, SampleStage
from assessments.models import SamplingPolicy
from portfolio.forms import KeptForm, day

RATES = ("high_rate", "medium_rate", "low_rate")
EVERY = ("every_candidate", "every_assessor", "every_unit", "every_site", "all_simulation")
RULES = (*RATES, "candidates", "interim", "kinds", *EVERY, "remarks")
"""The columns of a strategy that are typed: `actions.strategy.Rules`."""


def per_cent(label: str, initial: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, initial=initial, help_text=help_text)


def whether(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, initial=True)


class PolicyForm(KeptForm):
    """The rules a centre samples by. A change makes the next version."""

    kept_as = "sampling policy"

    high_rate = per_cent("Units at high risk, per cent", 100)
    medium_rate = per_cent("Units at medium risk, per cent", 50)
    low_rate = per_cent("Units at low risk, per cent", 20)
    every_candidate = whether("At least one unit of every candidate")
    candidates = per_cent(
        "Each assessor’s candidates, per cent", 100, "Counts where not every candidate has to be in the sample."
    )
    every_assessor = whether("Every assessor")
    every_unit = whether("Every unit")
    every_site = whether("Every place of work")
    all_simulation = whether("All simulated evidence")
    interim = per_cent("Interim samples, per cent", 30, "Of each assessor’s samples, while work is in progress.")
    kinds = forms.MultipleChoiceField(
        label="Kinds of evidence that must be in, for every assessor",
        choices=EvidenceKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    remarks = forms.CharField(label="Why these rules", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(widget=forms.HiddenInput())


def rules_of(policy: SamplingPolicy | None) -> dict[str, Any]:
    """What the form begins with: the version in force, or the defaults."""
    if policy is None:
        return {"seen": 0}
    return {**{column: getattr(policy, column) for column in RULES}, "seen": policy.number}


class AgreeForm(forms.Form):
    """With whom a version of the strategy was agreed, and when."""

    agreed_with = forms.CharField(label="External verifier’s name", max_length=200)
    agreed_on = day("Agreed on")


class RiskForm(KeptForm):
    """How risky something is, and why."""

    kept_as = "risk"

    level = forms.ChoiceField(label="Risk", choices=RiskLevel.choices, widget=forms.RadioSelect)
    comment = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))
    review_on = day("Look at it again on", required=False)


class DrawForm(forms.Form):
    """For which period to draw a plan."""

    starts_on = day("From")
    ends_on = day("To")
    seed = forms.CharField(
        max_length=64,
        required=False,
        help_text="Leave it empty and one is made up. The same seed, facts and strategy always give the same plan.",
    )

    @staticmethod
    def quarter(today: datetime.date) -> dict[str, datetime.date]:
        """What it begins with: today and the twelve weeks that follow."""
        return {"starts_on": today, "ends_on": today + datetime.timedelta(weeks=12)}


class AddCellForm(KeptForm):
    """A unit that is to be sampled as well."""

    kept_as = "planned sample"

    enrolment = forms.TypedChoiceField(label="Candidate and unit", coerce=int)
    stage = forms.ChoiceField(label="Sample", choices=SampleStage.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        """`units`: the enrolments that may be added, by name."""
        super().__init__(*args, **kwargs)
        self.fields["enrolment"].choices = [("", "Choose…"), *units]  # type: ignore[attr-defined]
