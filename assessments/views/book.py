"""The audit book of a centre: read, followed, checked, and taken away with its proof."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.forms.book import BookForm
from assessments.models import Enrolment
from assessments.queries.book import (
    Book,
    book_of,
    choices_of,
    lines_asked_for,
    lines_listed,
    looks_asked_for,
    newest_check,
)
from assessments.queries.book_lines import WRITTEN, BookLine, Look, looks_told, told
from assessments.queries.proof import proof
from assessments.views.caseload import run_centre
from assessments.views.office import among, units_trail
from portfolio import audit
from portfolio.access import SignedInRequest, holds
from portfolio.actions import check_book
from portfolio.models import AuditChain, AuditEvent, Centre
from portfolio.rules import RUNNING
from portfolio.tables import HEADERS, Column, Table, in_slices, take_away
from portfolio.views.answers import asked_in

PER_PAGE = 50
LINES: Table[BookLine] = Table(
    "audit book",
    "Audit book",
    (
        Column("Line", lambda line: line.sequence, 8),
        Column("When", lambda line: line.at, 18),
        Column("Who", lambda line: line.by, 24),
        Column("What", lambda line: line.verb, 24),
        Column("Record", lambda line: line.about.words, 22),
        Column("Candidate", lambda line: line.about.candidate, 24),
        Column("Unit", lambda line: line.about.unit, 36),
        Column("Details", lambda line: "; ".join(f"{name}: {value}" for name, value in line.details or ()), 60),
    ),
)

LOOKS: Table[Look] = Table(
    "who looked",
    "Who looked",
    (
        Column("When", lambda look: look.at, 18),
        Column("Who", lambda look: look.by, 24),
        Column("What", lambda look: "Downloaded" if look.downloaded else "Opened", 14),
        Column("Record", lambda look: look.about.words, 22),
        Column("Candidate", lambda look: look.about.candidate, 24),
        Column("Unit", lambda look: look.about.unit, 36),
    ),
)


@holds(*RUNNING)
@require_safe
def books(request: SignedInRequest) -> HttpResponse:
    """Whose book?"""
    return among(request, list(Centre.objects.run_by(request.user)), "assessments:book", "Audit book")


@holds(*RUNNING)
@require_safe
def book(request: SignedInRequest, slug: str) -> HttpResponse:
    """What was done at the centre, the newest first."""
    centre = run_centre(request, slug)
    opened = book_of(centre, request.user)
    form, kinds = asked_for(request, opened)
    page = page_of(request, lines_listed(opened, request.user, form.asked, kinds))
    check = newest_check(opened)
    context = {
        **about_page(request, centre, form, page, opened),
        "lines": told(centre, page.object_list),
        "check": check,
        "checking": check is not None and check.done_at is None,
    }
    return render(request, "assessments/book/book.html", context)


@holds(*RUNNING)
@require_safe
def looks(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who opened what at the centre, or took it away, the newest first."""
    centre = run_centre(request, slug)
    form = BookForm(request.GET, choices=None)
    opened = book_of(centre, request.user)
    page = page_of(request, looks_asked_for(opened, request.user, form.asked))
    context = {**about_page(request, centre, form, page, opened), "looks": looks_told(centre, page.object_list)}
    return render(request, "assessments/book/looks.html", context)


@holds(*RUNNING)
@require_safe
def looks_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """Who looked, as filtered, as a list."""
    centre = run_centre(request, slug)
    asked = BookForm(request.GET, choices=None).asked
    found = looks_asked_for(book_of(centre, request.user), request.user, asked)
    return take_away(request, LOOKS, in_slices(partial(looks_told, centre), found), ending, [centre])


@holds(*RUNNING)
@require_POST
def check(request: SignedInRequest, slug: str) -> HttpResponse:
    """Have the whole book walked."""
    check_book(centre=run_centre(request, slug), by=request.user, at=timezone.now())
    messages.success(request, "The book is checked line by line. What is found is shown here.")
    return redirect("assessments:book", slug)


@holds(*RUNNING)
@require_safe
def book_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The lines as filtered, as a list."""
    centre = run_centre(request, slug)
    found = all_asked_for(request, centre)
    return take_away(request, LINES, in_slices(partial(told, centre), found.values_list(*WRITTEN)), ending, [centre])


@holds(*RUNNING)
@require_safe
def book_proof(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The lines as filtered, with what shows that they stand in the book: checked away from here by a small script."""
    centre = run_centre(request, slug)
    found = all_asked_for(request, centre)
    now = timezone.now()
    chain = AuditChain.objects.select_related("centre").get(centre=centre)
    if request.method == "GET":
        audit.looked_at(chain, by=request.user, centre_id=centre.pk, at=now, downloaded=True)
    lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in proof(chain, found, now))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8", headers=HEADERS)
    name = f"audit-book-{centre.slug}-{timezone.localdate(now):%Y-%m-%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- what they share -------------------------------------------------------------------------------------------------


def asked_for(request: SignedInRequest, opened: Book) -> tuple[BookForm, list[str]]:
    """The filter, and the kinds of record that the book has lines of."""
    choices = choices_of(opened, request.user)
    return BookForm(request.GET, choices=choices), [kind for kind, _ in choices.kinds]


def all_asked_for(request: SignedInRequest, centre: Centre) -> QuerySet[AuditEvent]:
    """The lines that fit, to be taken away."""
    opened = book_of(centre, request.user)
    form, kinds = asked_for(request, opened)
    return lines_asked_for(opened, request.user, form.asked, kinds)


def page_of(request: SignedInRequest, found: Any) -> Any:
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def about_page(request: SignedInRequest, centre: Centre, form: BookForm, page: Any, opened: Book) -> dict[str, Any]:
    """What both pages show around their lines."""
    return {
        "centre": centre,
        "form": form,
        "page": page,
        "asked": asked_in(request),
        "followed": followed(centre, form),
        "leaves_own_out": opened.own is not None,
        "trail": [*units_trail(centre), ("Audit book", None)],
    }


def followed(centre: Centre, form: BookForm) -> Enrolment | None:
    """The candidate's unit whose lines are asked for; 404 for one of another centre."""
    pk = form.asked.unit
    if pk is None:
        return None
    return get_object_or_404(Enrolment.objects.select_related("candidate", "unit"), pk=pk, centre=centre)
