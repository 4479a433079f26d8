"""What a candidate says of themselves, as far as they wish."""

from django import forms

from portfolio.enums import AgeBand, Disability, Ethnicity, Gender

UNANSWERED = [("", "No answer")]


class DiversityForm(forms.Form):
    """Every question may be left out. Not kept as it is typed: nothing of it lies anywhere before it is sent."""

    age_band = forms.ChoiceField(label="Age", choices=UNANSWERED + AgeBand.choices, required=False)
    gender = forms.ChoiceField(label="Gender", choices=UNANSWERED + Gender.choices, required=False)
    ethnicity = forms.ChoiceField(label="Ethnic group", choices=UNANSWERED + Ethnicity.choices, required=False)
    disability = forms.ChoiceField(
        label="Disability or long-term condition",
        choices=UNANSWERED + Disability.choices,
        required=False,
        help_text="What you need arranged for you is another matter: tell your centre.",
    )
