"""What an office writes down about receiving a candidate."""

import datetime
from typing import Any

from django import forms

from portfolio.enums import IdentityDocument, InductionTopic
from portfolio.forms.kept import day
from portfolio.models import Centre, StaffRecord, User


class StaffField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Somebody on the staff of the centre: the clean value is the person behind the record."""

    def clean(self, value: Any) -> User:
        record: StaffRecord = super().clean(value)
        return record.user


class ReceivingForm(forms.Form):
    """Who on the staff it was: the person at the keyboard, unless another is named."""

    staff_field: str

    def __init__(self, *args: Any, centre: Centre, me: User, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = StaffRecord.objects.filter(centre=centre).select_related("user")
        self.fields[self.staff_field].queryset = staff  # type: ignore[attr-defined]
        self.initial.setdefault(self.staff_field, next((row.pk for row in staff if row.user_id == me.pk), None))
        self.initial.setdefault(f"{self.staff_field.removesuffix('_by')}_on", today)


class IdentityForm(ReceivingForm):
    """That somebody saw who a candidate is."""

    staff_field = "seen_by"

    document = forms.TypedChoiceField(
        label="What was seen",
        coerce=IdentityDocument,
        choices=IdentityDocument.choices,
        widget=forms.RadioSelect,
        help_text="Keep no copy of it, and write down no number of it.",
    )
    seen_by = StaffField(label="Seen by", queryset=StaffRecord.objects.none())
    seen_on = day("Seen on")


class InductionForm(ReceivingForm):
    """What a candidate was told at the start."""

    staff_field = "held_by"

    topics = forms.TypedMultipleChoiceField(
        label="What was gone through",
        coerce=InductionTopic,
        choices=InductionTopic.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="The appeals procedure and the privacy notice are never left out.",
        error_messages={"required": "Tick what was gone through."},
    )
    held_by = StaffField(label="Held by", queryset=StaffRecord.objects.none())
    held_on = day("Held on")
