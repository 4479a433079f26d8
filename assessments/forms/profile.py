"""What a candidate says of themselves."""

from django import forms

from portfolio.forms import KeptForm


class ProfileForm(KeptForm):
    kept_as = "profile"

    job_title = forms.CharField(label="My job", max_length=200, required=False)
    employer = forms.CharField(label="My employer", max_length=200, required=False)
    started = forms.CharField(
        label="In this job since", max_length=100, required=False, help_text="As exactly as you like: “May 2023”."
    )
    supervisor = forms.CharField(
        label="My mentor or supervisor",
        max_length=200,
        required=False,
        help_text="Whom your assessor may speak to about your work.",
    )
    duties = forms.CharField(label="My main duties", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    career = forms.CharField(
        label="My career so far", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="Newest first."
    )
    qualifications = forms.CharField(
        label="Qualifications I hold already", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact = forms.CharField(
        label="How to reach me",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="An address or a telephone number. Leave it empty if you do not want it in your portfolio.",
    )
