"""What an office types when a unit has a new version: what became of each criterion, and who moves over."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from assessments.queries.moving import Origin, Origins
from portfolio.forms import KeptForm, day

LONGEST = 100
LEFT = re.compile(r"[\s,;]+")


class VersionMapForm(KeptForm):
    """Beside each criterion of the later version, the numbers of those it comes from: several, or none."""

    kept_as = "map of versions"

    def __init__(self, *args: Any, origins: Origins, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origins = origins
        self.numbers = {row.number.casefold(): row for row in origins.earlier}
        for row in origins.rows:
            self.fields[name_of(row)] = forms.CharField(
                label=f"{row.later.number} comes from",
                required=False,
                max_length=LONGEST,
                initial=", ".join(row.numbers),
            )

    def rows(self) -> Iterator[tuple[Origin, BoundField]]:
        """Each criterion of the later version with its field."""
        for row in self.origins.rows:
            yield row, self[name_of(row)]

    def clean(self) -> dict[str, Any]:
        """`pairs`: the criteria of both versions that belong together, by id."""
        cleaned = super().clean() or {}
        pairs = set()
        for row in self.origins.rows:
            for number in filter(None, LEFT.split(cleaned.get(name_of(row), ""))):
                found = self.numbers.get(number.casefold())
                if found is None:
                    self.add_error(name_of(row), f"The earlier version has no criterion {number}.")
                else:
                    pairs.add((found.pk, row.later.pk))
        return {"pairs": pairs}


def name_of(row: Origin) -> str:
    return f"from-{row.later.pk}"


class MoveForm(KeptForm):
    """Why candidates move to a new version, and by when they are to finish it."""

    kept_as = "move to a new version"

    reason = forms.CharField(
        label="Why they move",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Their candidates read it, and the audit book keeps it.",
    )
    target_on = day("New target date", required=False, help_text="Each keeps its own where you leave it empty.")
