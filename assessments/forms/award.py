"""Forms of award on a unit."""

from django import forms
from django.utils import timezone

from assessments.forms.journey import VerbForm
from assessments.queries.award import authorised_among, claiming_standing
from portfolio.forms import SignatureForm, day


class ClaimForm(VerbForm):
    """What the claim rests on. Without direct claim status in force today that is the external verifier's word."""

    authorisation = forms.CharField(label="External verifier’s authorisation", required=False, max_length=100)

    def prepare(self) -> None:
        """Say what the claim rests on where nothing is typed, or why something must be."""
        field = self.fields["authorisation"]
        enrolment = self.page.enrolment
        standing = claiming_standing(enrolment, timezone.localdate())
        if given := authorised_among([enrolment.pk]).get(enrolment.pk):
            field.help_text = (
                f"Left empty, the claim rests on the external verifier’s own authorisation here, {given}. Otherwise "
                "give the reference of another report that authorises it."
            )
        elif standing.in_force:
            field.help_text = (
                f"Left empty, the claim rests on direct claim status, {standing.in_force.reference}. Otherwise give "
                "the reference of the report that authorises this claim."
            )
        else:
            field.required = True
            field.error_messages["required"] = "Give the reference of the external verifier’s authorisation."
            field.help_text = f"{standing.why_not} Give the reference of the report that authorises this claim."


class CertificateForm(VerbForm):
    number = forms.CharField(label="Certificate number", max_length=50)
    issued_on = day("Issued on")


class RevokeForm(VerbForm):
    reason = forms.CharField(label="Why it was revoked", widget=forms.Textarea(attrs={"rows": 3}))
    revoked_on = day("Revoked on")


class AuthenticateForm(SignatureForm):
    """The centre's own declaration, signed by an administrator."""
