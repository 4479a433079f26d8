"""What an archive that somebody asked for is filled with: how much of the record, its forms, and pages to read."""

from functools import partial

from django.utils import timezone

from assessments.archive.cuts import cut_for
from assessments.archive.package import package_for
from assessments.archive.pages import add_pages
from assessments.documents import ask_recording_form
from assessments.documents.asking import ask_whole
from assessments.queries.binder import binder_of
from portfolio import press, vault
from portfolio.archive.asking import Packs, portfolio_of
from portfolio.archive.bag import CHUNK, Bag
from portfolio.archive.packing import Tell
from portfolio.archive.selection import Selection
from portfolio.enums import ArchiveCut, DocumentStatus
from portfolio.models import Archive, CandidateRecord, Document

THE_WHOLE = "Whole portfolio"


def fill(archive: Archive) -> Packs:
    """The cut of an archive with its pages; of a candidate's with its forms, which the press makes unless it has them.

    Of a whole centre the issued forms are in it, and no others are made: that would take the press for days.
    """
    if archive.cut == ArchiveCut.PERSON:
        return package_for(archive)
    cut = cut_for(archive.cut, archive.asked_by)
    if archive.cut == ArchiveCut.CENTRE:
        return portfolio_of(archive, cut, add_pages)
    return portfolio_of(archive, cut, partial(add_forms_and_pages, printed(archive)))


def printed(archive: Archive) -> list[tuple[str, Document]]:
    """The forms of a candidate, made: the recording form of each unit, and every document of the portfolio in one."""
    at, by, candidate = timezone.now(), archive.asked_by, archive.candidate
    if candidate is None:
        return []
    try:
        binder = binder_of(by, archive.centre.slug, candidate.user.handle)
    except CandidateRecord.DoesNotExist:  # a candidate without a unit has no forms
        return []
    asked = [(str(unit.unit), ask_recording_form(enrolment=unit, by=by, at=at)) for unit in binder.units]
    if binder.units:
        asked.append((THE_WHOLE, ask_whole(binder=binder, by=by, at=at)))
    return [(title, made(document)) for title, document in asked]


def made(document: Document) -> Document:
    """The document, rendered here and now if nobody has come to it."""
    press.make(document.pk)
    document.refresh_from_db()
    return document


def add_forms_and_pages(asked: list[tuple[str, Document]], bag: Bag, selection: Selection, tell: Tell) -> None:
    """The forms, as PDF, and the pages that lead to them."""
    forms = []
    taken: set[str] = set()
    for number, (title, document) in enumerate(asked):
        tell("Adding the forms", number, len(asked))
        if document.status != DocumentStatus.READY or document.stored is None:
            continue
        name = document.file_name if document.file_name.endswith(".pdf") else f"{document.file_name}.pdf"
        if name in taken:
            name = f"{number + 1} {name}"
        taken.add(name)
        with vault.open_stored(document.stored) as file:
            bag.add(f"forms/{name}", iter(partial(file.read, CHUNK), b""), packed=True)
        forms.append((title if title == THE_WHOLE else f"Recording form: {title}", f"forms/{name}"))
    own = {selection.candidate.pk: forms} if selection.candidate else {}
    add_pages(bag, selection, tell, own)
