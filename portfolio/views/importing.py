"""People from a table: send it, see what it would do, choose, take; and the lists around it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from portfolio import importing, inviting
from portfolio.access import SignedInRequest, holds
from portfolio.columns import KnownColumn
from portfolio.enums import ImportStatus, Role
from portfolio.forms import TableForm, TakeForm
from portfolio.models import ImportedRow, PeopleImport
from portfolio.queries import bad_rows, import_page, recent_imports
from portfolio.sheets import MOST_BYTES
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import answered, done, with_file
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre, people_trail
from portfolio.whole import whole

BAD_KIND, TEMPLATE_KIND = "badrows", "peopletemplate"


def sent_at(request: SignedInRequest, slug: str, pk: int) -> PeopleImport:
    """A table that was sent to a centre whose people's records the person keeps; else 404."""
    found = PeopleImport.objects.visible_to(request.user).select_related("centre", "by").defer("content")
    return get_object_or_404(found, pk=pk, centre__slug=slug)


def import_trail(sent: PeopleImport) -> Trail:
    address = reverse("portfolio:import_people", args=[sent.centre.slug])
    return [*people_trail(sent.centre), ("From a table", address), (sent.file_name, None)]


@holds(Role.ADMINISTRATOR)
@ask_or_act
def import_people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send a table of people; and the tables sent before."""
    centre = kept_centre(request, slug)
    form = with_file(TableForm, request)
    made: list[PeopleImport] = []

    def act(clean: dict[str, Any]) -> None:
        table = clean["table"]
        content = table.read(MOST_BYTES + 1)
        sent = importing.begin(centre=centre, content=content, name=table.name, by=request.user, at=timezone.now())
        made.append(sent)

    if done(form, act):
        return redirect("portfolio:people_import", slug, made[0].pk)
    context = {
        "centre": centre,
        "form": form,
        "columns": importing.known_columns(),
        "recent": list(recent_imports(centre)),
        "trail": [*people_trail(centre), ("From a table", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "portfolio/import_people.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@ask
def template(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """An empty table with every heading, and one example."""
    centre = kept_centre(request, slug)
    columns = tuple(Column[dict[str, str]](one.head, said(one), 22) for one in importing.known_columns())
    table = Table(TEMPLATE_KIND, "People template", columns)
    example = {one.field: one.example for one in importing.known_columns()}
    return take_away(request, table, [example], ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def people_import(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """What a table would do, row by row; POST takes it."""
    sent = sent_at(request, slug, pk)
    form = TakeForm(request.POST if request.method == "POST" else None)
    if done(
        form,
        lambda clean: importing.take(people_import=sent, send=clean["send"], by=request.user, at=timezone.now()),
    ):
        return redirect("portfolio:people_import", slug, pk)
    heads = {one.field: one.head for one in importing.known_columns()}
    page = import_page(sent, shown=request.GET.get("show", ""), number=request.GET.get("page", "1"), heads=heads)
    context = {
        "page": page,
        "sent": sent,
        "form": form,
        "lost": importing.is_lost(sent, timezone.now()),
        "checked": sent.status == ImportStatus.CHECKED,
        "trail": import_trail(sent),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "portfolio/people_import.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@require_POST
def choose_changes(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Keep which changes are ticked: those of the page that was looked at, or all, or none."""
    sent = sent_at(request, slug, pk)
    on_page = not {"all", "none"} & set(request.POST)
    shown = ids(request, "shown") if on_page else None
    wanted = ids(request, "wanted") if on_page else None if "all" in request.POST else []
    page = urlencode({"show": "change", "page": request.POST.get("page", "1")})
    return answered(
        request,
        lambda: importing.choose(people_import=sent, shown=shown, wanted=wanted),
        "Your choice is kept. Nothing is written before you take the table.",
        (f"{reverse('portfolio:people_import', args=[slug, pk])}?{page}",),
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def throw_import_away(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a table of which nothing was taken."""
    sent = sent_at(request, slug, pk)
    return answered(
        request,
        lambda: importing.throw_away(people_import=sent, by=request.user, at=timezone.now()),
        "The table is thrown away. Nothing of it was written.",
        ("portfolio:import_people", slug),
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def go_on_importing(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Put a table whose worker was lost before another one."""
    sent = sent_at(request, slug, pk)
    if importing.is_lost(sent, timezone.now()):
        importing.go_on(sent)
    return redirect("portfolio:people_import", slug, pk)


@holds(Role.ADMINISTRATOR)
@ask
def bad_rows_file(request: SignedInRequest, slug: str, pk: int, ending: str) -> HttpResponseBase:
    """The rows that cannot be taken, with the reasons, to be put right and sent again."""
    sent = sent_at(request, slug, pk)
    heads = {one.field: one.head for one in importing.known_columns()}
    filled = [one for one in importing.known_columns() if one.field in sent.fields]
    columns = (
        Column[ImportedRow]("Row", lambda row: row.number, 6),
        *(Column[ImportedRow](one.head, cell_of(one), 22) for one in filled),
        Column[ImportedRow]("Reason", lambda row: reasons(row, heads), 60),
    )
    table = Table(BAD_KIND, "Rows to put right", columns)
    return take_away(request, table, bad_rows(sent), ending, [sent.centre])


@holds(Role.ADMINISTRATOR)
@require_POST
def invite_held_back(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send every invitation that was held back."""
    centre = kept_centre(request, slug)
    return answered(
        request,
        lambda: inviting.invite_held_back(centre=centre, by=request.user),
        "The invitations are being written. They go out one after the other; you can leave this page.",
        ("portfolio:centre_people", slug),
    )


# --- inside ----------------------------------------------------------------------------------------------------------


def ids(request: SignedInRequest, name: str) -> list[int]:
    """Row ids that a page sent; anything else is passed over."""
    return [pk for said in request.POST.getlist(name) if (pk := whole(said)) is not None]


def said(column: KnownColumn) -> Callable[[dict[str, str]], str]:
    return lambda row: row[column.field]


def cell_of(column: KnownColumn) -> Callable[[ImportedRow], str]:
    return lambda row: str(row.values.get(column.field, ""))


def reasons(row: ImportedRow, heads: dict[str, str]) -> str:
    """All that is wrong with a row, each with its column."""
    return " ".join(f"{heads[name]}: {sentence}" if name in heads else sentence for name, sentence in row.problems)
