"""Forms of judgement on a unit."""

from django import forms

from assessments.forms.journey import SigningForm, VerbForm


class ReferForm(VerbForm):
    feedback = forms.CharField(
        label="What is still needed",
        help_text="The candidate sees this, and signs again once it is done.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SignOffForm(SigningForm):
    comments = forms.CharField(
        required=False,
        help_text="Printed in the Comments box of the recording form, and part of what you sign.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class HandBackForm(VerbForm):
    disagreed = forms.TypedMultipleChoiceField(
        label="Decisions you disagree with", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.fields["disagreed"].choices = self.page.pending  # type: ignore[attr-defined]
