"""Forms of verification on a unit."""

from django import forms

from assessments.forms.journey import VerbForm
from portfolio.forms import day


class SendBackForm(VerbForm):
    criteria = forms.TypedMultipleChoiceField(
        label="Criteria you sampled", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    finding = forms.CharField(label="What you found", widget=forms.Textarea(attrs={"rows": 4}))
    wanted = forms.CharField(label="What the assessor is to do", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = day("By when")

    def prepare(self) -> None:
        """The criteria are asked for only where a sample is open, which sending back closes."""
        if self.page.facts.open_sample is None:
            del self.fields["criteria"]
        else:
            self.fields["criteria"].choices = [  # type: ignore[attr-defined]
                (row.criterion.pk, f"{row.criterion.number} {row.criterion.text}") for row in self.page.criteria
            ]
