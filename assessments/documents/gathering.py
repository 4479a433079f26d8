"""Many issued forms as one file: a PDF to print, or a ZIP with every form as it was issued.

Sewn together, pages lose the tags that screen readers go by (ADR 20) and the facts attached; so the ZIP holds the forms
themselves, and the one PDF is for paper. Forms are read some at a time: the memory taken does not grow with them.
"""

import secrets
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pikepdf
from django.conf import settings

from assessments.form_enums import FormState, GatheredAs
from assessments.models import BatchedForm, FormBatch
from portfolio import stores, vault
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
            sewn(batch, making)
        stores.gathered().put(making, place)
        return True
    finally:
        making.unlink(missing_ok=True)
        for part in making.parent.glob(f"{making.name}.part*"):
            part.unlink(missing_ok=True)


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


def sewn(batch: FormBatch, place: Path) -> None:
    """The pages of every form, one after the other, with a bookmark for each."""
    parts: list[Path] = []
    begins: list[tuple[str, int]] = []
    pages = 0
    for rows in made_in(batch):
        with pikepdf.new() as part, ExitStack() as opened:
            for row in rows:
                path = opened.enter_context(vault.at_hand(stored_of(row)))
                form = opened.enter_context(pikepdf.open(path))
                begins.append((f"{row.enrolment.candidate.legal_name}, {row.enrolment.unit.short_code}", pages))
                pages += len(form.pages)
                part.pages.extend(form.pages)
            parts.append(place.with_name(f"{place.name}.part{len(parts)}"))
            part.save(parts[-1])
    with pikepdf.new() as whole, ExitStack() as opened:
        for path in parts:
            whole.pages.extend(opened.enter_context(pikepdf.open(path)).pages)
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in begins)
        whole.Root.Lang = "en-GB"
        whole.docinfo["/Title"] = str(batch)
        whole.save(place, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def stored_of(row: BatchedForm) -> StoredFile:
    """The bytes of a form that was made."""
    if row.document is None or row.document.stored is None:
        raise ValueError(f"{row} has no form.")
    return row.document.stored


def name_of(row: BatchedForm) -> str:
    """What a form is called in the ZIP: its number first, for one candidate may be called like another."""
    return f"{row.number:04d} {row.document.file_name}" if row.document else ""
