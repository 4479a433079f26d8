"""What is typed about an appeal."""

from typing import Any

from django import forms

from assessments.enums import AppealOutcome, AppealStage
from assessments.models import Days
from assessments.queries.appeal import Against
from portfolio.forms import KeptForm
from portfolio.models import StaffRecord

CHOOSE = "Choose…"
LONGEST = 60


def days_field(stage: str) -> forms.IntegerField:
    return forms.IntegerField(label=stage, required=False, min_value=1, max_value=LONGEST)


class ProcedureForm(forms.Form):
    """How many working days each stage of the appeals procedure has."""

    assessor = days_field("Another assessor, informally")
    verifier = days_field("Internal verifier")
    centre = days_field("Centre manager or panel")
    awarding_body = days_field("Awarding body")
    answer = forms.IntegerField(label="For the candidate to accept, or go on", min_value=1, max_value=LONGEST)

    @property
    def days(self) -> Days:
        """What was typed; a stage left empty is none."""
        return Days(**{name: self.cleaned_data[name] for name in Days._fields})


class RaiseForm(KeptForm):
    """What the candidate appeals against, and why."""

    kept_as = "appeal"

    against = forms.ChoiceField(label="What you appeal against")
    grounds = forms.CharField(
        label="Why you disagree",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say what the decision overlooks, and where in your evidence it can be seen.",
    )

    def __init__(self, *args: Any, offered: list[Against], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["against"].choices = [("", CHOOSE), *((row.key, row.label) for row in offered)]  # type: ignore[attr-defined]


class AppointForm(forms.Form):
    """Who hears a stage: one of the centre's, or somebody of the awarding body."""

    adjudicator = forms.ChoiceField(
        help_text="Nobody is offered who ever had a part in this unit, or heard an earlier stage."
    )
    name = forms.CharField(label="Who decides for the awarding body", max_length=200)

    def __init__(self, *args: Any, stage: AppealStage, offered: list[StaffRecord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stage == AppealStage.AWARDING_BODY:
            del self.fields["adjudicator"]
        else:
            del self.fields["name"]
            rows = [(str(record.user_id), record.name) for record in offered]
            self.fields["adjudicator"].choices = [("", CHOOSE), *rows]  # type: ignore[attr-defined]


class DecideForm(KeptForm):
    """What the adjudicator found."""

    kept_as = "appeal-decision"

    outcome = forms.ChoiceField(choices=AppealOutcome.choices, widget=forms.RadioSelect)
    finding = forms.CharField(
        label="What you found, and why",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The candidate reads this.",
    )


class FollowUpForm(KeptForm):
    """What follows from an appeal that was upheld."""

    kept_as = "appeal-follow-up"

    reassess = forms.BooleanField(
        label="Have it assessed again: the item waits for the unit's assessor, who is another person now",
        required=False,
    )
    done = forms.CharField(
        label="What was done",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The candidate reads this. Say also which other candidates were looked at, and what came of it.",
    )
