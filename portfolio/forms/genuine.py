"""What somebody asks of a printed form."""

from django import forms

from portfolio import references

MOST_BYTES = 10 * 1024 * 1024
TOO_LARGE = "This file is larger than 10 MB, and no form is. Send the PDF of one form."


class ReferenceForm(forms.Form):
    """A reference as it stands on the paper."""

    reference = forms.CharField(
        label="Reference",
        max_length=40,
        help_text="Three groups of four, like 7KQ4-M2XD-9HTC. Capitals, spaces and hyphens do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "Type the reference that stands on the form."},
    )

    def clean_reference(self) -> str:
        """As references are kept. What cannot be one says where the slip is."""
        found = references.read(self.cleaned_data["reference"])
        if refused := references.refusals(found):
            raise forms.ValidationError(refused)
        return found


class FormFileForm(forms.Form):
    """The PDF of a form."""

    pdf = forms.FileField(
        label="PDF of the form",
        max_length=255,
        help_text="Up to 10 MB, one form. It is compared with what was issued, to the last byte, and not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": "Choose the PDF first."},
    )
