"""New versions of units: which there are, what became of each criterion, and candidates moved over in one act."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import moving as actions
from assessments.forms.moving import MoveForm, VersionMapForm
from assessments.queries.moving import (
    PAST,
    ToMove,
    awards_left,
    both_versions,
    new_versions,
    on_version,
    origins,
    recorded_map,
    to_move,
    version_refusals,
    with_hindrances,
)
from assessments.views.asking import person_at
from assessments.views.office import units_trail
from assessments.views.reassigning import MOST
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.views.answers import done, in_progress
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from portfolio.whole import whole
from units.models import Unit


def versions_trail(centre: Centre) -> Trail:
    return [*units_trail(centre), ("New versions", reverse("assessments:new_versions", args=[centre.slug]))]


def both_at(
    request: SignedInRequest, centre: Centre, key: str, version: int, later_key: str, later_version: int
) -> tuple[Unit, Unit]:
    """Two units that exist for the person; else 404."""
    asked = Q(key=key, version=version) | Q(key=later_key, version=later_version)
    units = Unit.objects.visible_to(request.user).select_related("awarding_body", "centre").filter(asked)
    found = {(unit.key, unit.version): unit for unit in both_versions(centre, units)}
    try:
        return found[key, version], found[later_key, later_version]
    except KeyError:
        raise Http404("There are no such versions of a unit.") from None


def address_of(name: str, centre: Centre, earlier: Unit, later: Unit) -> str:
    pair = [earlier.key, earlier.version, later.key, later.version]
    return reverse(f"assessments:{name}", args=[centre.slug, *pair])


@holds(Role.ADMINISTRATOR)
@ask
def versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """The units of which candidates are on an earlier version than one the centre may offer."""
    centre = kept_centre(request, slug)
    lines = [
        (
            line,
            address_of("version_map", centre, line.earlier, line.later),
            address_of("move_on", centre, line.earlier, line.later),
        )
        for line in new_versions(centre)
    ]
    context = {"centre": centre, "lines": lines, "trail": [*units_trail(centre), ("New versions", None)]}
    return render(request, "assessments/moving/versions.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def version_map(
    request: SignedInRequest, slug: str, key: str, version: int, later_key: str, later_version: int
) -> HttpResponse:
    """The criteria of both versions side by side: what is proposed or recorded, to be corrected and recorded."""
    centre = kept_centre(request, slug)
    earlier, later = both_at(request, centre, key, version, later_key, later_version)
    refusals = version_refusals(centre, earlier, later)
    found = origins(centre, earlier, later)
    if found.stands:
        refusals.append(actions.STANDS)
    recorded = found.recorded.pk if found.recorded else 0
    work = in_progress(request, VersionMapForm, f"{slug} {earlier.pk} {later.pk}", recorded)
    form = VersionMapForm(work.data, work=work, origins=found)

    def act(clean: dict[str, Any]) -> None:
        actions.map_versions(centre=centre, earlier=earlier, later=later, by=request.user, at=timezone.now(), **clean)

    if not refusals and done(form, act):
        messages.success(request, "What became of each criterion is on record. Now candidates can be moved.")
        return redirect(address_of("move_on", centre, earlier, later))
    context = {
        "centre": centre,
        "earlier": earlier,
        "later": later,
        "origins": found,
        "form": form,
        "refusals": [(sentence, None) for sentence in refusals],
        "may": not refusals,
        "move": address_of("move_on", centre, earlier, later),
        "trail": [*versions_trail(centre), (f"{later.short_code}: version {earlier.version} to {later.version}", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/moving/map.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def move_on(
    request: SignedInRequest, slug: str, key: str, version: int, later_key: str, later_version: int
) -> HttpResponse:
    """Who would move and with what, who would stay and why; then the act."""
    centre = kept_centre(request, slug)
    earlier, later = both_at(request, centre, key, version, later_key, later_version)
    refusals = version_refusals(centre, earlier, later)
    work = in_progress(request, MoveForm, f"{slug} {earlier.pk} {later.pk}")
    form = MoveForm(work.data, work=work)
    asked = request.POST if request.method == "POST" else request.GET
    ticked = {pk for text in asked.getlist("chosen") if (pk := whole(text)) is not None}
    moved: list[actions.Moved] = []

    def act(clean: dict[str, Any]) -> None:
        chosen = on_version(centre, earlier).filter(pk__in=ticked)[:MOST]
        moved.append(actions.move_on(enrolments=chosen, later=later, by=request.user, at=timezone.now(), **clean))

    if not refusals and done(form, act):
        tell(request, later, moved[0])
        return redirect("assessments:new_versions", slug)
    recorded = recorded_map(centre, earlier, later)
    rows = with_hindrances(on_version(centre, earlier), later)[:MOST]
    target_on = form.cleaned_data.get("target_on") if form.is_bound and form.is_valid() else None
    found = to_move(rows, later, recorded, person_at(request, centre.pk), target_on, timezone.localdate())
    context = {
        "centre": centre,
        "earlier": earlier,
        "later": later,
        "form": form,
        "refusals": [(sentence, None) for sentence in refusals],
        "recorded": recorded,
        "awards": awards_left(centre, earlier, later),
        "map": address_of("version_map", centre, earlier, later),
        "going": [(row, is_ticked(row, ticked)) for row in found if may_go(row)],
        "staying": [row for row in found if not may_go(row)],
        "most": MOST,
        "trail": [*versions_trail(centre), (f"Move to version {later.version} of {later.short_code}", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/moving/move.html", context, status=status)


def may_go(row: ToMove) -> bool:
    """Whether nothing keeps the unit but what is asked for below."""
    return set(row.sentences) <= {PAST}


def is_ticked(row: ToMove, ticked: set[int]) -> bool:
    """All who can go at once, until some are chosen."""
    return row.enrolment.pk in ticked if ticked else not row.sentences


def tell(request: SignedInRequest, later: Unit, moved: actions.Moved) -> None:
    """What was done, and what was not with the reasons."""
    count = len(moved.done)
    messages.success(
        request,
        f"{count} {'candidate goes' if count == 1 else 'candidates go'} on in version {later.version} of "
        f"{later.short_code}. What was handed in waits for their assessors.",
    )
    for row, sentences in moved.refused[:10]:
        messages.warning(request, f"{row.candidate} stays: {' '.join(sentences)}")
