"""The certificate of destruction: what went, under which rules, who stood behind it, and the digests that are left."""

import datetime

from django.db import transaction

from assessments.documents.sheets import Column, Part, Sheet, known, sheet_facts, table
from assessments.documents.words import day, time
from assessments.models import Disposal
from assessments.queries.destroying import OrderLine, OrderPage, order_page
from portfolio import press
from portfolio.canonical import JSON
from portfolio.models import Document, User
from portfolio.refusal import Refusal
from units.enums import RecordClass

CERTIFICATE = "destruction_certificate"
FORM = "Certificate of destruction"
LEFT = (
    "Every decision, signature and authentication form of these units stands. Of each file its number, digest and "
    "dates stay. The lines of the audit book verify as before."
)


@transaction.atomic
def ask_certificate(*, disposal: Disposal, by: User, at: datetime.datetime) -> Document:
    """The certificate, issued once the order is carried out and kept for good. Raises Refusal before that."""
    page = order_page(disposal)
    if disposal.finished_at is None:
        raise Refusal(["The certificate can be issued once the destruction is carried out."])
    if page.waiting:
        raise Refusal(["Some bytes are still being destroyed: ask for the certificate in a few minutes."])
    sheet = certificate_sheet(page)
    facts: dict[str, JSON] = sheet_facts(sheet)
    return press.ask(
        centre=disposal.centre,
        kind=CERTIFICATE,
        facts=facts,
        subject=disposal,
        file_name=f"{FORM} {disposal.pk} {disposal.centre}.pdf",
        issued=True,
        by=by,
        at=at,
    )


def certificate_sheet(page: OrderPage) -> Sheet:
    """What was destroyed of whom and under which rule, what stayed after all, and the digests."""
    order, gone = page.disposal, page.done
    rules = list(dict.fromkeys(row.line.under for row in gone))
    alone = " No second administrator was at the centre." if order.alone else ""
    return Sheet(
        form=FORM,
        heading=f"{order}, {day(order.finished_at)}",
        candidate=str(order.centre),
        stamp=str(order),
        about=(
            ("Centre", str(order.centre)),
            ("Asked for", f"{moment(order.asked_at)}, {page.asked_by}"),
            ("Confirmed", f"{moment(order.confirmed_at)}, {page.confirmed_by}, with their password.{alone}"),
            ("Carried out", moment(order.finished_at)),
            *known(("Remark", order.note)),
        ),
        parts=(
            gone_part(gone),
            Part("Under these rules", text="\n".join(rules), note="" if rules else "None."),
            *kept_parts([row for row in page.lines if row.line.kept_because]),
            Part("What is left", text=spared_words(page) + LEFT),
            digests_part([row for row in gone if row.line.record_class == RecordClass.FILES]),
        ),
    )


def gone_part(gone: list[OrderLine]) -> Part:
    """What went, line by line, and how much it was."""
    columns = (Column("Candidate", 38), Column("Unit", 18), Column("What", 40), Column("How much"), Column("Due", 26))
    cells = ((row.candidate, row.unit, class_of(row), row.what, day(row.line.due_on)) for row in gone)
    note = (
        "" if gone else "Nothing: when the order was carried out, something held all of it or it was not due any more."
    )
    return Part("What was destroyed", table=table(columns, cells), note=note)


def kept_parts(kept: list[OrderLine]) -> list[Part]:
    """What stayed after all, and why."""
    if not kept:
        return []
    columns = (Column("Candidate", 38), Column("Unit", 18), Column("What", 40), Column("Why"))
    cells = ((row.candidate, row.unit, class_of(row), row.line.kept_because) for row in kept)
    return [Part("What stayed after all", table=table(columns, cells))]


def digests_part(of_files: list[OrderLine]) -> Part:
    """The digest of every file that went."""
    columns = (Column("Candidate", 32), Column("Unit", 16), Column("Evidence", 24), Column("SHA-256"))
    cells = [
        (row.candidate, row.unit, f"{file['evidence'] or 'draft'}, version {file['version']}", file["sha256"])
        for row in of_files
        for file in row.line.index
    ]
    return Part("Digests of the files", table=table(columns, cells), note="" if cells else "No files were among it.")


def class_of(row: OrderLine) -> str:
    return str(row.line.get_record_class_display())


def moment(at: datetime.datetime | None) -> str:
    return f"{day(at)}, {time(at)}" if at else ""


def spared_words(page: OrderPage) -> str:
    """That the same bytes stand in another record, so that they stay in the vault for it."""
    if not page.spared:
        return ""
    files = "file is" if page.spared == 1 else "files are"
    return f"The bytes of {page.spared} {files} in another record too, and stay for that one alone. "
