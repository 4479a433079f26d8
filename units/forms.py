"""What an administrator writes down of a qualification, made into clean values. Forms translate; actions decide."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from portfolio.forms import KeptForm, day
from portfolio.models import Centre
from units.actions import Particulars, WrittenGroup
from units.enums import GroupKind
from units.models import AwardingBody, Unit

CHOOSE = "Choose…"
GROUPS, PAIRS = 6, 10
"""How many groups and barred combinations the page has room for."""
SPARE = 2
ASKED = ("units, at least", "credits, at least", "credits that count, at most")
NUMBERS = ("minimum_units", "minimum_credits", "maximum_credits")


def whole(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=999, required=False, help_text=help_text)


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """One unit of several, which may be versions of the same."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.offered_as)


class PressForm(forms.Form):
    """A button, and nothing to fill in."""


class UnitFileForm(forms.Form):
    """A file of units to be sent, and what the sender says beside it."""

    file = forms.FileField(
        label="File of units",
        max_length=255,
        help_text="Up to 1 MB. Nothing is taken before you have seen what it holds and what is wrong with it.",
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.json,.csv,.matrix,.txt"}),
    )

    awarding_body = forms.ModelChoiceField(
        queryset=AwardingBody.objects.all(),
        required=False,
        empty_label="As the file says",
        help_text="For files of Moodle, Mahara and CASE, which do not say it.",
    )
    version = forms.IntegerField(
        min_value=1,
        max_value=999,
        required=False,
        help_text="The same: 1 where you leave it empty and the file says nothing.",
    )


class ParticularsForm(KeptForm):
    """A qualification beside its structure."""

    kept_as = "qualification"

    title = forms.CharField(max_length=255, help_text="As on the register.")
    number = forms.CharField(
        label="Qualification number", max_length=20, required=False, help_text="As on the register, e.g. 601/4700/3."
    )
    level = whole("Level")
    minimum_credits = whole("Credits in all, at least", "Leave it empty where the award does not count credits.")
    high_level = whole("A level of which a minimum is asked", "Both of these, or neither.")
    minimum_at_high_level = whole("Credits at that level or above, at least")
    from_on = day("Candidates are registered from", required=False)
    to_on = day("Candidates are registered until", required=False)
    source = forms.CharField(
        label="Where the structure was taken from",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The document and its date, so that others can check it.",
    )

    @property
    def particulars(self) -> Particulars:
        return Particulars(**{name: self.cleaned_data[name] for name in ParticularsForm.base_fields})


class NewQualificationForm(ParticularsForm):
    """The same of a new one, with its awarding body."""

    kept_as = "new qualification"

    awarding_body = forms.ModelChoiceField(
        queryset=AwardingBody.objects.none(),
        empty_label=CHOOSE,
        help_text="One that has approved the centre.",
    )
    field_order = ("awarding_body",)

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["awarding_body"].queryset = AwardingBody.objects.filter(approvals__centre=centre)  # type: ignore[attr-defined]


class StructureForm(KeptForm):
    """Groups, which unit stands in which, and which are barred with each other: the whole structure on one page."""

    kept_as = "qualification structure"

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        for place in range(1, GROUPS + 1):
            self.add(f"title-{place}", forms.CharField(label=f"Title of group {place}", max_length=120, required=False))
            kinds = forms.ChoiceField(label=f"Group {place} is", choices=GroupKind.choices, required=False)
            self.add(f"kind-{place}", kinds, "form-select")
            for name, words in zip(NUMBERS, ASKED, strict=True):
                self.add(f"{name}-{place}", whole(f"Group {place}: {words}"))
        places = [("", "Not in it"), *((str(place), f"Group {place}") for place in range(1, GROUPS + 1))]
        for unit in units:
            field = forms.ChoiceField(label=f"Where {unit.offered_as} stands", choices=places, required=False)
            self.add(f"unit-{unit.pk}", field, "form-select")
        codes = [("", "None"), *((str(unit.pk), unit.offered_as) for unit in units)]
        for place in range(1, PAIRS + 1):
            for part, words in (("one", "one unit"), ("other", "the other")):
                field = forms.ChoiceField(label=f"Barred {place}: {words}", choices=codes, required=False)
                self.add(f"{part}-{place}", field, "form-select")

    def add(self, name: str, field: forms.Field, css: str = "form-control") -> None:
        field.widget.attrs |= {"class": css, "aria-label": str(field.label)}
        self.fields[name] = field

    # --- as the page shows it ----------------------------------------------------------------------------------------

    def group_rows(self) -> Iterator[tuple[int, list[tuple[str, BoundField]]]]:
        """Those that say something, and two more."""
        for place in range(1, self.shown(GROUPS, "title", *NUMBERS) + 1):
            names = zip(("title", "kind", *NUMBERS), ("title", "kind", *ASKED), strict=True)
            yield place, [(label, self[f"{name}-{place}"]) for name, label in names]

    def shown(self, most: int, *names: str) -> int:
        """How many rows are shown: as far as something is said, and two more."""
        said = [place for place in range(1, most + 1) if any(self[f"{name}-{place}"].value() for name in names)]
        return min(most, max(said, default=0) + SPARE)

    def unit_rows(self) -> Iterator[tuple[Unit, BoundField]]:
        for unit in self.units:
            yield unit, self[f"unit-{unit.pk}"]

    def pair_rows(self) -> Iterator[tuple[BoundField, BoundField]]:
        for place in range(1, self.shown(PAIRS, "one", "other") + 1):
            yield self[f"one-{place}"], self[f"other-{place}"]

    # --- as it is meant ----------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """`groups` and `barred` as the action takes them."""
        clean = super().clean() or {}
        groups: list[WrittenGroup] = []
        for place in range(1, GROUPS + 1):
            title, numbers = clean.get(f"title-{place}", ""), [clean.get(f"{name}-{place}") for name in NUMBERS]
            units = [unit.pk for unit in self.units if clean.get(f"unit-{unit.pk}") == str(place)]
            if title:
                groups.append(WrittenGroup(title, clean.get(f"kind-{place}") or GroupKind.MANDATORY, units, *numbers))
            elif units or any(numbers):
                self.add_error(None, f"Group {place} needs a title: units or numbers stand in it.")
        barred = []
        for place in range(1, PAIRS + 1):
            one, other = clean.get(f"one-{place}"), clean.get(f"other-{place}")
            if one and other:
                barred.append((int(one), int(other)))
            elif one or other:
                self.add_error(None, f"Barred combination {place} needs both of its units.")
        return {"groups": groups, "barred": barred}


def written_down(groups: Sequence[WrittenGroup], barred: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What the structure's form begins with: what stands in the draft."""
    initial: dict[str, Any] = {}
    for place, group in enumerate(groups, start=1):
        initial |= {f"title-{place}": group.title, f"kind-{place}": group.kind}
        initial |= {f"{name}-{place}": getattr(group, name) for name in NUMBERS}
        initial |= {f"unit-{unit}": str(place) for unit in group.units}
    for place, (one, other) in enumerate(barred, start=1):
        initial |= {f"one-{place}": str(one), f"other-{place}": str(other)}
    return initial
