"""What is typed about an appeal."""

from typing import Any

from django import forms

from assessments.enums import AppealAbout, AppealOutcome, AppealStage
from assessments.models import IN_GENERAL, Days
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
        help_text="Say what was overlooked, and where in your evidence it can be seen; or what happened, when, and who "
        "was there.",
    )

    def __init__(self, *args: Any, offered: list[Against], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {row.key: row for row in offered}
        decided = [("What was decided", [(row.key, row.label) for row in offered])] if offered else []
        general = [(about.value, about.label) for about in IN_GENERAL]
        self.fields["against"].choices = [("", CHOOSE), *decided, ("Something else", general)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Against | AppealAbout:
        """What was chosen."""
        key: str = self.cleaned_data["against"]
        return self.offered.get(key) or AppealAbout(key)


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

    def __init__(self, *args: Any, of_a_reading: bool = True, **kwargs: Any) -> None:
        """`of_a_reading`: the appeal is against what an assessor said of an item, which can be read again."""
        super().__init__(*args, **kwargs)
        if not of_a_reading:
            del self.fields["reassess"]
