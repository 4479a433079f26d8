"""Forms of award on a unit."""

from django import forms

from assessments.forms.fields import DateInput
from assessments.forms.journey import VerbForm


class ClaimForm(VerbForm):
    authorisation = forms.CharField(
        label="External verifier's authorisation",
        required=False,
        help_text="The reference of the report that authorises this claim. Leave it empty under direct claim status.",
        max_length=100,
    )


class CertificateForm(VerbForm):
    number = forms.CharField(label="Certificate number", max_length=50)
    issued_on = forms.DateField(label="Issued on", widget=DateInput())


class RevokeForm(VerbForm):
    reason = forms.CharField(label="Why it was revoked", widget=forms.Textarea(attrs={"rows": 3}))
    revoked_on = forms.DateField(label="Revoked on", widget=DateInput())
