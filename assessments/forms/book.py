"""What is asked of the audit book."""

from typing import Any

from django import forms

from assessments.queries.book import Asked, Choices


class BookForm(forms.Form):
    """Which lines to show. A filter that cannot be read says so, and the others hold."""

    candidate = forms.CharField(label="Candidate", required=False, max_length=100)
    person = forms.CharField(label="Done by", required=False, max_length=100)
    verb = forms.ChoiceField(label="What was done", required=False)
    kind = forms.ChoiceField(label="To what", required=False)
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Choices | None, **kwargs: Any) -> None:
        """Without `choices` it is not asked what was done, nor to what."""
        super().__init__(*args, **kwargs)
        if choices is None:
            del self.fields["verb"], self.fields["kind"]
        else:
            self.fields["verb"].choices = [("", "Anything"), *choices.verbs]  # type: ignore[attr-defined]
            self.fields["kind"].choices = [("", "Any record"), *choices.kinds]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def asked(self) -> Asked:
        """What is asked for, as far as it could be read."""
        return Asked(**self.cleaned_data)

    @property
    def narrows(self) -> bool:
        return any(value not in ("", None) for value in self.cleaned_data.values())
