"""Units from outside and to it: a file sent, looked at, taken, published; and a unit as a file."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, may_take_away, signed_in
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.views.answers import answered, done, form_page, typed, with_file
from portfolio.views.people import Trail, ask_or_act, kept_centre
from units import actions
from units.exchange.describing import unit_tree, unit_trees
from units.exchange.formats import WAYS
from units.exchange.preview import previewed
from units.exchange.reading import MOST_BYTES
from units.exchange.versions import side_by_side
from units.forms import PressForm, UnitFileForm
from units.keys import specification_of
from units.models import Unit, UnitImport
from units.views.found import at_address, draft_at, units_trail

RECENT = 10


def unit_trail(unit: Unit) -> Trail:
    return [*units_trail(), (unit.short_code, address_of(unit))]


def bringing_trail(centre: Centre) -> Trail:
    return [*units_trail(), ("Bring units in", reverse("units:import_units", args=[centre.slug]))]


def address_of(unit: Unit) -> str:
    return reverse("units:unit", args=[unit.key, unit.version])


def sent_at(request: SignedInRequest, slug: str, pk: int) -> UnitImport:
    """A file that was sent to a centre which the person administers; else 404."""
    found = UnitImport.objects.visible_to(request.user).select_related("centre", "by", "taken_by")
    return get_object_or_404(found, pk=pk, centre__slug=slug)


def read_unit(request: SignedInRequest, key: str, version: int) -> Unit:
    """A unit that exists for the person; else 404."""
    return at_address(Unit.objects.visible_to(request.user), key, version)


def kept_draft(request: SignedInRequest, key: str, version: int) -> Unit:
    """A draft of a centre's that the person administers; else 404, or 409 with the reason once it is published."""
    instead = "New words are a new version: bring that in."
    return draft_at(Unit.objects.kept_by(request.user), key, version, instead=instead)


# --- bringing in -----------------------------------------------------------------------------------------------------


@holds(Role.ADMINISTRATOR)
@ask_or_act
def import_units(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send a file of units; and the files sent before."""
    centre = kept_centre(request, slug)
    form = with_file(UnitFileForm, request)
    made: list[UnitImport] = []

    def act(clean: dict[str, Any]) -> None:
        file = clean["file"]
        sent = actions.send_units(
            centre=centre,
            content=file.read(MOST_BYTES + 1),
            name=file.name,
            awarding_body=clean["awarding_body"],
            version=clean["version"],
            by=request.user,
            at=timezone.now(),
        )
        made.append(sent)

    if done(form, act):
        return redirect("units:unit_import", slug, made[0].pk)
    context = {
        "centre": centre,
        "form": form,
        "recent": list(UnitImport.objects.filter(centre=centre).defer("units")[:RECENT]),
        "trail": [*units_trail(), ("Bring units in", None)],
    }
    return render(request, "units/import_units.html", context, status=409 if request.method == "POST" else 200)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def unit_import(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """What a file holds and what is wrong with it; POST takes its units as drafts."""
    sent = sent_at(request, slug, pk)
    form = PressForm(typed(request))
    made: list[Unit] = []
    if done(
        form,
        lambda clean: made.extend(actions.take_units(unit_import=sent, by=request.user, at=timezone.now())),
    ):
        messages.success(request, "Taken. Read each draft against its source, and publish it.")
        return redirect(address_of(made[0])) if len(made) == 1 else redirect("units:list")
    context = {
        "sent": sent,
        "form": form,
        "units": [previewed(unit) for unit in sent.units],
        "trail": [*bringing_trail(sent.centre), (sent.file_name, None)],
    }
    return render(request, "units/unit_import.html", context, status=409 if request.method == "POST" else 200)


@holds(Role.ADMINISTRATOR)
@require_POST
def throw_units_away(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a file of which nothing was taken."""
    sent = sent_at(request, slug, pk)
    return answered(
        request,
        lambda: actions.throw_units_away(unit_import=sent, by=request.user, at=timezone.now()),
        "The file is thrown away. Nothing of it was taken.",
        ("units:import_units", slug),
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def publish_unit(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Put a draft into use."""
    found = kept_draft(request, key, version)
    form = PressForm(typed(request))
    if done(form, lambda clean: actions.publish(unit=found, by=request.user, at=timezone.now())):
        messages.success(request, f"{found} is in use: candidates can be enrolled on it.")
        return redirect(address_of(found))
    return form_page(
        request,
        form,
        title=f"Publish {found.short_code}",
        button="Publish",
        trail=unit_trail(found),
        lead="From then on its wording never changes, for candidates are judged by it. New words are a new version.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def discard_draft(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Take a draft out again."""
    found = kept_draft(request, key, version)
    form = PressForm(typed(request))
    if done(form, lambda clean: actions.discard_draft(unit=found, by=request.user, at=timezone.now())):
        messages.success(request, f"The draft of {found.short_code} is discarded.")
        return redirect("units:list")
    return form_page(
        request,
        form,
        title=f"Discard the draft of {found.short_code}",
        button="Discard",
        trail=unit_trail(found),
        lead="Its words go. The file that you sent can be sent again.",
    )


# --- versions --------------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def compare_versions(
    request: SignedInRequest, key: str, version: int, other_key: str, other_version: int
) -> HttpResponse:
    """The unit beside an earlier version of its specification. `?all=1` shows what stayed the same, too."""
    new, old = read_unit(request, key, version), read_unit(request, other_key, other_version)
    if specification_of(new.key) != specification_of(old.key) or new == old:
        raise Http404("These are no two versions of one specification.")
    parts, everything = side_by_side(*unit_trees([old, new])), request.GET.get("all") == "1"
    context = {
        "old": old,
        "new": new,
        "parts": [part for part in parts if part.changed or everything],
        "same": [] if everything else [part for part in parts if not part.changed],
        "everything": everything,
        "trail": [*unit_trail(new), (f"Beside version {old.version}", None)],
    }
    return render(request, "units/compare.html", context)


# --- taking out ------------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def export_unit(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """The formats in which the unit can leave, and what each of them cannot hold of it."""
    unit = read_unit(request, key, version)
    tree = unit_tree(unit)
    context = {
        "unit": unit,
        "ways": [(way, way.loses(tree)) for way in WAYS.values()],
        "in_place_only": IN_PLACE_ONLY if unit.centre_id in request.standing.sealed else "",
        "trail": [*unit_trail(unit), ("Export", None)],
    }
    return render(request, "units/export.html", context)


@signed_in
@require_safe
def unit_file(request: SignedInRequest, key: str, version: int, kind: str) -> HttpResponse:
    """The unit as a file of that kind."""
    unit = read_unit(request, key, version)
    if unit.centre_id is not None:
        may_take_away(request, unit.centre_id)
    if (way := WAYS.get(kind)) is None:
        raise Http404("There is no such format.")
    tree = unit_tree(unit)
    name = f"{tree['key']}-version-{unit.version}{way.ending}"
    return HttpResponse(
        way.write(tree, unit.publication.at if hasattr(unit, "publication") else timezone.now()),
        content_type=way.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
        },
    )
