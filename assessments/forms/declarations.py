"""What is typed about the words of a declaration."""

from django import forms

from portfolio.forms import KeptForm, day


class WordingForm(KeptForm):
    """The new words."""

    kept_as = "declaration"

    text = forms.CharField(
        label="The words",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="As they are to be signed and printed. Nobody signs them before an external verifier approves them.",
    )


class WordingApprovalForm(KeptForm):
    """Who approved the words, when, and where that stands written."""

    kept_as = "approval of a declaration"

    approved_by = forms.CharField(label="Approved by", max_length=200, help_text="The external verifier's name.")
    approved_on = day("Approved on")
    reference = forms.CharField(
        label="Where that stands written",
        max_length=200,
        help_text="The report of the visit, a letter, or an e-mail with its date.",
    )
