"""What staff know and learn, as it is typed."""

from django import forms

from portfolio.forms.kept import KeptForm, day


class CompetenceForm(KeptForm):
    """What somebody is competent in."""

    kept_as = "competence"

    area = forms.CharField(
        label="Units or areas", max_length=200, help_text="For example CC16 and CC32, or leading a contact centre team."
    )
    evidence = forms.CharField(
        label="What shows it",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example: team leader at Quayside 2019 to 2024, references seen.",
    )
    confirmed_on = day("Confirmed on")
    review_on = day("To be looked at again on", required=False, help_text="You are told before that day comes.")


class EndCompetenceForm(KeptForm):
    """That it no longer counts."""

    kept_as = "end of a competence"

    ended_on = day("From")
    reason = forms.CharField(label="Why it no longer counts", max_length=300)


class DevelopmentForm(KeptForm):
    """An entry of one's own log."""

    kept_as = "development"

    done_on = day("Done on")
    what = forms.CharField(
        label="What you did",
        max_length=200,
        help_text="Training, standardisation, reading, time spent in the work you assess.",
    )
    hours = forms.DecimalField(label="Hours", min_value=0.25, max_value=200, decimal_places=2)
    reflection = forms.CharField(
        label="What you take from it", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
