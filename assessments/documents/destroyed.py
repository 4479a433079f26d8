"""The certificate of destruction: what went, under which rules, who stood behind it, and the digests that are left."""

import datetime

from django.db import transaction

from assessments.documents.sheets import Column, Part, Sheet, known, sheet_facts, table
from assessments.documents.words import day, time
from assessments.models import Disposal
from assessments.queries.destroying import OrderPage, order_page
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
    kept = [row for row in page.lines if row.line.kept_because]
    rules = list(dict.fromkeys(row.line.under for row in gone))
    alone = " No second administrator was at the centre." if order.alone else ""
    return Sheet(
        form=FORM,
        heading=f"{FORM} {order.pk}",
        candidate=str(order.centre),
        stamp=str(order),
        about=(
            ("Centre", str(order.centre)),
            ("Asked for", f"{day(order.asked_at)}, {time(order.asked_at)}, {page.asked_by}"),
            (
                "Confirmed",
                f"{day(order.confirmed_at)}, {time(order.confirmed_at) if order.confirmed_at else ''}, "
                f"{page.confirmed_by}, with their password.{alone}",
            ),
            ("Carried out", f"{day(order.finished_at)}, {time(order.finished_at) if order.finished_at else ''}"),
            *known(("Remark", order.note)),
        ),
        parts=(
            Part(
                "What was destroyed",
                table=table(
                    (
                        Column("Candidate", 38),
                        Column("Unit", 18),
                        Column("What", 40),
                        Column("How much"),
                        Column("Due", 26),
                    ),
                    (
                        (
                            row.candidate,
                            row.unit,
                            str(row.line.get_record_class_display()),
                            row.what,
                            day(row.line.due_on),
                        )
                        for row in gone
                    ),
                ),
                note="" if gone else "Nothing: all of it was held by the time the order was carried out.",
            ),
            Part("Under these rules", text="\n".join(rules), note="" if rules else "None."),
            *(
                [
                    Part(
                        "What stayed after all",
                        table=table(
                            (Column("Candidate", 38), Column("Unit", 18), Column("What", 40), Column("Why")),
                            (
                                (
                                    row.candidate,
                                    row.unit,
                                    str(row.line.get_record_class_display()),
                                    row.line.kept_because,
                                )
                                for row in kept
                            ),
                        ),
                    )
                ]
                if kept
                else []
            ),
            Part("What is left", text=spared_words(page) + LEFT),
            Part(
                "Digests of the files",
                table=table(
                    (Column("Candidate", 32), Column("Unit", 16), Column("Evidence", 20), Column("SHA-256")),
                    (
                        (
                            row.candidate,
                            row.unit,
                            f"{file['evidence'] or 'draft'}, version {file['version']}",
                            file["sha256"],
                        )
                        for row in gone
                        if row.line.record_class == RecordClass.FILES
                        for file in row.line.index
                    ),
                ),
                note="No files were among it."
                if not any(row.line.record_class == RecordClass.FILES for row in gone)
                else "",
            ),
        ),
    )


def spared_words(page: OrderPage) -> str:
    """That the same bytes stand in another record, so that they stay in the vault for it."""
    if not page.spared:
        return ""
    files = "file is" if page.spared == 1 else "files are"
    return f"The bytes of {page.spared} {files} in another record too, and stay for that one alone. "
