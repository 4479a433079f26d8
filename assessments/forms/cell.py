"""A cell of the matrix, as it is pressed."""

from django import forms


class CellForm(forms.Form):
    """An item for a criterion: claimed, or the claim taken back."""

    evidence = forms.IntegerField()
    criterion = forms.IntegerField()
    claim = forms.BooleanField(required=False)
