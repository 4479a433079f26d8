"""Files on their way from a form to an item: kept in the vault at once, and remembered while the form comes back."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from assessments.actions.evidence import NamedFile
from portfolio import vault
from portfolio.models import Centre, StoredFile, User
from portfolio.sniffing import ENDINGS

SALT = "assessments.files-kept"
REMEMBERED = datetime.timedelta(days=7)
LOST = "The files you had added before could not be found again. Please add them once more."
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
    uploads: Iterable[UploadedFile[Any]], *, centre: Centre, at: datetime.datetime
) -> tuple[list[NamedFile], list[str]]:
    """Put the uploads into the vault: those kept, and for each refused one the sentence why."""
    kept, refused = [], []
    for upload in uploads:
        name = vault.safe_name(upload.name or "")
        try:
            kept.append(NamedFile(vault.store(centre=centre, file=upload, name=name, at=at), name))
        except vault.UploadRefused as refusal:
            refused += refusal.sentences
    return kept, refused


def remember(files: Sequence[NamedFile], *, user: User, centre: Centre) -> str:
    """A signed note of files in the vault that belong to no item yet, good for this person at this centre only."""
    noted = [[file.stored.pk, file.name] for file in files]
    return signing.dumps([user.pk, centre.pk, noted], salt=SALT, compress=True)


def recall(note: str, *, user: User, centre: Centre) -> list[NamedFile]:
    """The files of a note. Raises signing.BadSignature when it is not ours, too old, or somebody else's."""
    user_id, centre_id, noted = signing.loads(note, salt=SALT, max_age=REMEMBERED)
    if (user_id, centre_id) != (user.pk, centre.pk):
        raise signing.BadSignature("The note is somebody else's.")
    stored = StoredFile.objects.filter(centre=centre).in_bulk([pk for pk, _ in noted])
    return [NamedFile(stored[pk], name) for pk, name in noted]


def once(files: Iterable[NamedFile]) -> list[NamedFile]:
    """The same bytes once, under the first name they came with."""
    return list({file.stored.pk: file for file in reversed(list(files))}.values())[::-1]
