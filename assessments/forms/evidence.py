"""Forms of an item of evidence."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms

from assessments.actions.evidence import Described, NamedFile
from assessments.enums import EvidenceKind, HeldAt, OthersData, Setting
from assessments.forms.mapping import AS_TYPED, AT_ONCE, MappingForm
from assessments.forms.uploads import FilesField, FilesInput, once
from assessments.models import EvidenceFile, EvidenceVersion
from assessments.queries.mapping import LeafToShow, ToMap
from portfolio.forms import KeptForm, day
from portfolio.models import Statement, StoredFile


@dataclass(frozen=True)
class Listed:
    """A file of the form, with its receipt: what the form calls it, and whether it is to be left out.

    `upload` is there while the file is in no item yet: until then it can be renamed.
    """

    value: str
    name: str
    stored: StoredFile
    received_at: datetime.datetime | None
    upload: UUID | None = None
    out: bool = False


class EvidenceForm(MappingForm):
    """An item as its candidate describes it: words, files and what it shows."""

    kept_as = "evidence"

    uploads = FilesField(
        label="Files",
        required=False,
        help_text="Documents, photographs, recordings: choose several at once, or drop them here.",
    )
    title = forms.CharField(
        max_length=200, required=False, help_text="Left empty, it takes the name of the first file."
    )
    description = forms.CharField(label="What I did", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    activity_on = day("Date of the activity", required=False)
    kind = forms.ChoiceField(choices=EvidenceKind.choices, initial=EvidenceKind.WORK_PRODUCT)
    prior_source = forms.CharField(
        label="Where the learning comes from",
        max_length=255,
        required=False,
        help_text="The qualification with its awarding body, or the post and the employer.",
    )
    prior_achieved_on = day("When it was achieved", required=False)
    setting = forms.ChoiceField(choices=Setting.choices, initial=Setting.PAID_WORK)
    held = forms.ChoiceField(
        label="Where the evidence is", choices=HeldAt.choices, initial=HeldAt.HERE, widget=forms.RadioSelect
    )
    location = forms.CharField(label="Where it can be seen", max_length=255, required=False)
    others_data = forms.ChoiceField(
        label="Is customers’ or colleagues’ personal data in it?",
        choices=OthersData.choices,
        initial=OthersData.NONE,
        widget=forms.RadioSelect,
    )
    data_protection = forms.CharField(
        label="Whose data, and how it is protected", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    group_work = forms.BooleanField(label="I made it together with others", required=False)
    own_contribution = forms.CharField(
        label="My own contribution", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    leave_out = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        kept: Sequence[NamedFile] = (),
        refused: Sequence[str] = (),
        version: EvidenceVersion | None = None,
        files: Sequence[EvidenceFile] = (),
        **kwargs: Any,
    ) -> None:
        """`kept` are files just stored; `refused` the sentences for those not; `files` those the draft has already."""
        words = {name: getattr(version, name) for name in asdict(Described(title=""))} if version else {}
        super().__init__(*args, **kwargs)
        self.initial = words
        self.suggests_on = f"{AT_ONCE}, {AS_TYPED}" if version else AS_TYPED
        self.present, self.kept, self.refused = list(files), once(kept), list(refused)
        named = [f"file-{file.pk}" for file in self.present] + [f"kept-{file.upload}" for file in self.kept]
        self.fields["leave_out"].choices = [(name, name) for name in named]  # type: ignore[attr-defined]

    def fixed(self, row: ToMap) -> str:
        """A draft may be mapped afresh, but for what was judged in an earlier version."""
        return "judged already" if row.mapping is not None and row.judged else ""

    def fixed_leaf(self, row: LeafToShow) -> str:
        """As with criteria: what an assessor has read stays."""
        return "read already" if row.shown is not None and row.shown.seen else ""

    @property
    def listed(self) -> list[Listed]:
        """The files there are, those of the draft first."""
        out = set(self.data.getlist("leave_out")) if self.is_bound else set()  # type: ignore[attr-defined]
        rows = [Listed(f"file-{file.pk}", file.name, file.stored, file.added_at) for file in self.present]
        rows += [
            Listed(f"kept-{file.upload}", file.name, file.stored, file.received_at, file.upload) for file in self.kept
        ]
        return [replace(row, out=row.value in out) for row in rows]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for sentence in self.refused:
            self.add_error("uploads", sentence)
        if not cleaned.get("title") and "title" not in self.errors:
            cleaned["title"] = self._name_of_first_file()
        if cleaned.get("kind") != EvidenceKind.PRIOR_LEARNING:
            cleaned |= {"prior_source": "", "prior_achieved_on": None}
        wanted = {
            "location": (cleaned.get("held") == HeldAt.LOCATION, "Say where the evidence can be seen."),
            "prior_source": (
                cleaned.get("kind") == EvidenceKind.PRIOR_LEARNING,
                "Say where the prior learning comes from.",
            ),
            "prior_achieved_on": (
                cleaned.get("kind") == EvidenceKind.PRIOR_LEARNING,
                "Say when the prior learning was achieved.",
            ),
            "data_protection": (
                cleaned.get("others_data") != OthersData.NONE,
                "Say whose data is in the evidence and how it is protected.",
            ),
            "own_contribution": (
                bool(cleaned.get("group_work")),
                "For work made together with others, say what your own contribution was.",
            ),
            "title": (True, "Give it a title, or add a file that it can be named after."),
        }
        for name, (asked, sentence) in wanted.items():
            if asked and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    def _name_of_first_file(self) -> str:
        names = [file.name for file in self.present if file.pk not in self.removed]
        return Path([*names, *(file.name for file in self.added), ""][0]).stem[:200]

    @property
    def described(self) -> Described:
        """What was typed, for the action."""
        return Described(**{name: self.cleaned_data[name] for name in asdict(Described(title=""))})

    @property
    def added(self) -> list[NamedFile]:
        """Files just stored that are to go into the item."""
        out = set(self.cleaned_data.get("leave_out", []))
        return [file for file in self.kept if f"kept-{file.upload}" not in out]

    @property
    def removed(self) -> list[int]:
        """Ids of the draft's files that are to be taken out."""
        out = set(self.cleaned_data.get("leave_out", []))
        return [file.pk for file in self.present if f"file-{file.pk}" in out]


class HandInForm(forms.Form):
    """The declaration that goes with an item."""

    declared = forms.BooleanField(
        label="I declare this", error_messages={"required": "Tick the box to declare that this evidence is authentic."}
    )
    statement = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, shown: Statement, **kwargs: Any) -> None:
        """`shown`: the words as they are in force now."""
        super().__init__(*args, **kwargs)
        self.initial = {"statement": shown.pk}
        self.shown = shown

    def clean_statement(self) -> int:
        """What is declared is what was read: the words may have been replaced since the page was opened."""
        statement: int = self.cleaned_data["statement"]
        if statement != self.shown.pk:
            raise forms.ValidationError("The words of the declaration have changed since you opened the page.")
        return statement


class ReasonForm(KeptForm):
    """Why something is taken away."""

    kept_as = "reason"

    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}))


class RedactForm(ReasonForm):
    """The file that takes another's place, and why."""

    kept_as = "redaction"

    uploads = FilesField(
        label="The redacted file",
        required=False,
        widget=FilesInput({"multiple": False}),
        help_text="Made with a tool that takes the words out, not one that paints over them.",
    )

    def __init__(self, *args: Any, kept: Sequence[NamedFile] = (), refused: Sequence[str] = (), **kwargs: Any) -> None:
        """`kept` is the file just stored, `refused` the sentence why it was not."""
        super().__init__(*args, **kwargs)
        self.kept, self.refused = list(kept)[-1:], list(refused)
        self.order_fields(["uploads", "reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for sentence in self.refused or ([] if self.kept else ["Add the redacted file."]):
            self.add_error("uploads", sentence)
        return cleaned
