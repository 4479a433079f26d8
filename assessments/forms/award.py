"""Forms of award on a unit."""

from django import forms

from assessments.forms.journey import VerbForm
from portfolio.forms import SignatureForm, day


class ClaimForm(VerbForm):
    authorisation = forms.CharField(
        label="External verifier's authorisation",
        required=False,
        help_text="The reference of the report that authorises this claim. Leave it empty under direct claim status.",
        max_length=100,
    )


class CertificateForm(VerbForm):
    number = forms.CharField(label="Certificate number", max_length=50)
    issued_on = day("Issued on")


class RevokeForm(VerbForm):
    reason = forms.CharField(label="Why it was revoked", widget=forms.Textarea(attrs={"rows": 3}))
    revoked_on = day("Revoked on")


class AuthenticateForm(SignatureForm):
    """The centre's own declaration, signed by an administrator."""
