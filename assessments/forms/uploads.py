"""Files on their way from a form to an item: kept as uploads at once, and named again when the form comes back."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from assessments.actions.evidence import NamedFile
from portfolio import transfers, vault
from portfolio.models import Centre, Upload, User
from portfolio.sniffing import ENDINGS

LOST = "A file you had added before could not be found again. Please add it once more."
ACCEPTED = ",".join(["image/*", "audio/*", "video/*", *(f".{ending}" for ending in ENDINGS)])


class FilesInput(forms.FileInput):
    """Several files at once; a phone offers its camera too."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, "accept": ACCEPTED, "class": "drop", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, UploadedFile[Any]], name: str) -> None:
        """Nothing: the files went to the vault before the form was read."""


class FilesField(forms.Field):
    """Where files are picked. What was picked is in the vault already when the form is read."""

    widget = FilesInput


def keep(
    uploads: Iterable[UploadedFile[Any]], *, centre: Centre, by: User, at: datetime.datetime
) -> tuple[list[NamedFile], list[str]]:
    """Put files that came with the form into the vault: those kept, and for each refused one the sentence why."""
    kept, refused = [], []
    for upload in uploads:
        try:
            done = transfers.keep_whole(centre=centre, by=by, file=upload, name=upload.name or "", at=at)
        except vault.UploadRefused as refusal:
            refused += refusal.sentences
        else:
            kept += named([done], {})
    return kept, refused


def recall(
    tokens: Sequence[str], names: Mapping[str, str], *, centre: Centre, by: User
) -> tuple[list[NamedFile], list[str]]:
    """The person's uploads with these tokens, under the names typed; the sentences for refused or lost ones."""
    found = transfers.found(tokens, by=by, centre=centre)
    refused = [f"“{upload.name}”: {upload.refusal}" for upload in found if upload.refusal]
    return named(found, names), refused + ([] if len(found) == len(set(tokens)) else [LOST])


def named(uploads: Iterable[Upload], names: Mapping[str, str]) -> list[NamedFile]:
    """Kept uploads as files of an item."""
    return [
        NamedFile(
            upload.stored,
            vault.renamed(upload.name, names.get(str(upload.token), "")),
            upload.token,
            upload.finished_at,
        )
        for upload in uploads
        if upload.stored
    ]


def once(files: Iterable[NamedFile]) -> list[NamedFile]:
    """The same bytes once, under the first name they came with."""
    return list({file.stored.pk: file for file in reversed(list(files))}.values())[::-1]
