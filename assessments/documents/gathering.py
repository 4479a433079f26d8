"""Many issued forms as one file: a PDF to print, or a ZIP with every form as it was issued.

Sewn together, pages keep the tags that screen readers go by, and lose what belongs to a form as a file: the facts
attached, and the centre's seal. So the ZIP holds the forms themselves, and the one PDF is to read and for paper. Forms
are read one after the other: the memory taken does not grow with them.
"""

import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from assessments.form_enums import FormState, GatheredAs
from assessments.models import BatchedForm, FormBatch
from portfolio import sewing, stores, vault
from portfolio.models import StoredFile
from portfolio.tables import Column, Table, csv_lines

AT_ONCE = 50
CONTENTS: Table[BatchedForm] = Table(
    "forms",
    "Contents",
    (
        Column("Candidate", lambda row: row.enrolment.candidate.legal_name),
        Column("Candidate number", lambda row: row.enrolment.candidate.candidate_number),
        Column("Unit", lambda row: row.enrolment.unit.short_code),
        Column("Reference", lambda row: row.document.printed_reference if row.document else ""),
        Column("File", lambda row: name_of(row) if row.state == FormState.MADE else ""),
        Column("SHA-256 of the file", lambda row: stored_of(row).sha256 if row.state == FormState.MADE else ""),
        Column("Why there is none", lambda row: row.problem),
    ),
)


def gathered(batch: FormBatch, place: str) -> bool:
    """Put what was made together at the place, in one step at the end. Whether there is anything."""
    if not batch.rows.filter(state=FormState.MADE).exists():
        return False
    making = making_folder() / f"{place}.{secrets.token_hex(8)}"
    try:
        if batch.gathered_as == GatheredAs.ZIP:
            zipped(batch, making)
        else:
            bound(batch, making)
        stores.gathered().put(making, place)
        return True
    finally:
        making.unlink(missing_ok=True)


def making_folder() -> Path:
    """Where it lies while it is put together, on this machine."""
    return stores.private_folder(Path(settings.GATHERED_DIR))


def made_in(batch: FormBatch) -> Iterator[list[BatchedForm]]:
    """The rows whose form is there, some at a time."""
    rows = batch.rows.filter(state=FormState.MADE).select_related(
        "enrolment__candidate", "enrolment__unit", "document__stored"
    )
    last = 0
    while part := list(rows.filter(number__gt=last)[:AT_ONCE]):
        last = part[-1].number
        yield part


def zipped(batch: FormBatch, place: Path) -> None:
    """Every form as issued, and a list of them. PDFs are packed already, so they are only stored."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
        for part in made_in(batch):
            for row in part:
                with vault.at_hand(stored_of(row)) as form:
                    archive.write(form, name_of(row))
        rows = batch.rows.select_related("enrolment__candidate", "enrolment__unit", "document__stored")
        archive.writestr("Contents.csv", "".join(csv_lines(CONTENTS, rows.iterator(chunk_size=AT_ONCE))))


def bound(batch: FormBatch, place: Path) -> None:
    """The pages of every form with their tags, one after the other, with a bookmark for each."""
    with place.open("xb") as file, sewing.sewn(file, str(batch)) as whole:
        for part in made_in(batch):
            for row in part:
                with vault.at_hand(stored_of(row)) as form:
                    whole.add(form, f"{row.enrolment.candidate.legal_name}, {row.enrolment.unit.short_code}")


def stored_of(row: BatchedForm) -> StoredFile:
    """The bytes of a form that was made."""
    if row.document is None or row.document.stored is None:
        raise ValueError(f"{row} has no form.")
    return row.document.stored


def name_of(row: BatchedForm) -> str:
    """What a form is called in the ZIP: its number first, for one candidate may be called like another."""
    return f"{row.number:04d} {row.document.file_name}" if row.document else ""
