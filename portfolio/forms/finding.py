"""Words to find something by in a list."""

from django import forms


class FindForm(forms.Form):
    """What the names in a list hold. What cannot be read finds everything."""

    search = forms.CharField(required=False, max_length=100)

    @property
    def words(self) -> str:
        """What to look for; empty for everything."""
        return str(self.cleaned_data["search"]).strip() if self.is_valid() else ""
