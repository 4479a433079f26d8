"""Giving many units to somebody else in one act: what is ticked, what would happen, and the act."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessments.actions import allocation
from assessments.allocating import allocation_refusals, allocation_warnings
from assessments.enums import AllocatedAs
from assessments.forms.allocation import ReassignForm, ToWhomForm
from assessments.models import Enrolment
from assessments.queries.allocation import hands_in
from assessments.queries.caseload import centre_units
from assessments.views.caseload import centre_filter
from assessments.views.office import units_trail
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre, User
from portfolio.views.answers import done
from portfolio.views.people import ask_or_act, kept_centre
from portfolio.whole import whole

MOST = 300
"""How many units change hands in one act, at most."""


@dataclass(frozen=True)
class Preview:
    """What would happen: the units that go, those that stay with the reasons, and what is worth knowing."""

    part: AllocatedAs
    to: str
    go: list[Enrolment]
    stay: list[tuple[Enrolment, list[str]]]
    warnings: list[str]
    conflict: bool


@holds(Role.ADMINISTRATOR)
@ask_or_act
def reassign(request: SignedInRequest, slug: str) -> HttpResponse:
    """The units ticked, or all that a filter finds: to whom, what would happen, why; then the act."""
    centre = kept_centre(request, slug)
    chosen = chosen_units(request, centre)
    asked = request.POST if request.method == "POST" else request.GET
    to_whom = ToWhomForm(asked if "part" in asked else None, centre=centre, today=timezone.localdate())
    form = ReassignForm(request.POST if request.method == "POST" else None)
    preview = None
    if to_whom.is_valid() and chosen:
        part, user = AllocatedAs(to_whom.cleaned_data["part"]), to_whom.cleaned_data["user"]
        found: list[allocation.Allocated] = []

        def act(clean: dict[str, str]) -> None:
            found.append(
                allocation.allocate_many(
                    enrolments=chosen, part=part, user=user, by=request.user, at=timezone.now(), **clean
                )
            )

        if done(form, act):
            tell(request, part, found[0])
            return redirect("assessments:centre_enrolments", slug)
        preview = previewed(chosen, part, user, str(form.data.get("despite", "")))
    context = {
        "centre": centre,
        "chosen": chosen,
        "most": MOST,
        "to_whom": to_whom,
        "form": form,
        "preview": preview,
        "trail": [*units_trail(centre), ("Reassign", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/enrolment/reassign.html", context, status=status)


def chosen_units(request: SignedInRequest, centre: Centre) -> list[Enrolment]:
    """The centre's units that were ticked, or all that the filter finds; by candidate, as many as one act takes."""
    asked = request.POST if request.method == "POST" else request.GET
    if "all" in asked and request.method != "POST":
        found = centre_units(centre, centre_filter(request, centre).wanted)
    else:
        ticked = [pk for text in asked.getlist("chosen") if (pk := whole(text)) is not None][:MOST]
        found = Enrolment.objects.filter(centre=centre, pk__in=ticked).order_by("candidate__legal_name", "pk")
    people = ("assessor", "countersigner", "verifier", "centre")
    return list(found.select_related("candidate", "unit", *people)[:MOST])


def previewed(chosen: list[Enrolment], part: AllocatedAs, user: User | None, despite: str) -> Preview:
    """What would happen to the units, by the rules the act goes by. Six queries."""
    today = timezone.localdate()
    hands = hands_in(chosen, user, today)
    # Where the one thing missing is why a conflict cannot be avoided, the form below asks for it.
    allowed = {row.pk: allocation_refusals(hands[row.pk], part, despite=despite or "to be said") for row in chosen}
    go = [row for row in chosen if not allowed[row.pk]]
    someone = next(iter(hands.values())).next
    return Preview(
        part=part,
        to=someone.name if someone else "nobody",
        go=go,
        stay=[(row, allowed[row.pk]) for row in chosen if allowed[row.pk]],
        warnings=allocation_warnings({part: someone}, today),
        conflict=any(allocation_refusals(hands[row.pk], part, despite="") for row in go),
    )


def tell(request: SignedInRequest, part: AllocatedAs, found: allocation.Allocated) -> None:
    """What was done, and what was not with the reasons."""
    count = len(found.done)
    messages.success(
        request,
        f"The {part.label.lower()} of {count} {'unit' if count == 1 else 'units'} has changed. The history of each "
        "keeps who it was before.",
    )
    for row, sentences in found.refused[:10]:
        messages.warning(request, f"{row.candidate}, {row.unit.short_code} stays as it is: {' '.join(sentences)}")
    if len(found.refused) > 10:
        messages.warning(request, f"{len(found.refused) - 10} more stay as they are, for such reasons.")
