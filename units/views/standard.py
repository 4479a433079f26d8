"""Pages of the standard: which units and qualifications there are, what each asks for; and writing one down."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from portfolio.access import SignedInRequest, holds, looked_from_outside, signed_in
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.refusal import Refusal
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask_or_act, kept_centre
from units import actions, combination
from units.beside import guidance_for
from units.forms import NewQualificationForm, ParticularsForm, PressForm, StructureForm, written_down
from units.models import Qualification, Unit
from units.qualifications import qualification_lines, qualification_page, structure_of, units_to_list
from units.queries import other_versions, unit_lines, unit_page
from units.rules import qualification_number_warnings
from units.views.found import at_address, draft_at, units_trail

PUBLISHED = "{} is in use: candidates can be registered for it."


@signed_in
def unit_list(request: SignedInRequest) -> HttpResponse:
    """Every unit in use; and, for the office, drafts that were brought in."""
    centres = Centre.objects.kept_by(request.user) if request.standing.holds(Role.ADMINISTRATOR) else []
    context = {"units": unit_lines(Unit.objects.visible_to(request.user)), "centres": centres}
    return render(request, "units/list.html", context)


@signed_in
def unit(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """A unit to read, in the order of its original; for staff with what their centre agreed in standardisation."""
    found = at_address(Unit.objects.visible_to(request.user), key, version)
    guidance = guidance_for(request.user, found)
    for centre_id in {said.centre_id for rows in guidance.values() for said in rows}:
        looked_from_outside(request, found, centre_id)
    context = {
        "page": unit_page(found, guidance),
        "unit": found,
        "trail": [*units_trail(), (found.short_code, None)],
        "several": len(request.standing.roles) > 1,
        "draft": not hasattr(found, "publication"),
        "versions": other_versions(Unit.objects.visible_to(request.user), found),
        "keeps": found.centre_id is not None and request.standing.holds(Role.ADMINISTRATOR, found.centre_id),
    }
    return render(request, "units/unit.html", context)


# --- qualifications --------------------------------------------------------------------------------------------------


def qualifications_trail() -> Trail:
    return [("Qualifications", reverse("units:qualifications"))]


def trail_of(found: Qualification) -> Trail:
    return [*qualifications_trail(), (str(found), address_of(found))]


def address_of(found: Qualification) -> str:
    return reverse("units:qualification", args=[found.key, found.version])


def kept_qualification(request: SignedInRequest, key: str, version: int) -> Qualification:
    """One that the person's centre wrote down; else 404."""
    return at_address(Qualification.objects.kept_by(request.user), key, version)


def draft_of(request: SignedInRequest, key: str, version: int) -> Qualification:
    """The same while it can be changed; 409 with the reason once it is published."""
    instead = "On its page you can begin a new version."
    return draft_at(Qualification.objects.kept_by(request.user), key, version, instead=instead)


@signed_in
def qualifications(request: SignedInRequest) -> HttpResponse:
    """Every qualification that exists for the person."""
    found = Qualification.objects.visible_to(request.user)
    centres = Centre.objects.kept_by(request.user) if request.standing.holds(Role.ADMINISTRATOR) else []
    return render(request, "units/qualifications.html", {"lines": qualification_lines(found), "centres": centres})


@signed_in
def qualification(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """A qualification to read: its groups, its units, what it asks for."""
    found = at_address(Qualification.objects.visible_to(request.user), key, version)
    page = qualification_page(found)
    keeps = found.centre_id is not None and request.standing.holds(Role.ADMINISTRATOR, found.centre_id)
    context = {
        "page": page,
        "qualification": found,
        "keeps": keeps,
        "refusals": [(sentence, None) for sentence in page.refusals],
        "trail": [*qualifications_trail(), (str(found), None)],
    }
    return render(request, "units/qualification.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def new_qualification(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begin a qualification of the centre's."""
    centre = kept_centre(request, slug)
    work = in_progress(request, NewQualificationForm, slug)
    form = NewQualificationForm(work.data, work=work, centre=centre)
    made: list[Qualification] = []

    def act(clean: dict[str, object]) -> None:
        body = form.cleaned_data["awarding_body"]
        made.append(
            actions.write_qualification(
                centre=centre, awarding_body=body, particulars=form.particulars, by=request.user, at=timezone.now()
            )
        )

    if done(form, act):
        warn_of_number(request, made[0])
        return redirect("units:qualification_structure", made[0].key, made[0].version)
    return form_page(
        request,
        form,
        title="Write a qualification down",
        button="Go on to its units",
        trail=qualifications_trail(),
        lead="It stays a draft until you publish it. Only your centre sees it.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def edit_qualification(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Correct what is said of a draft beside its structure."""
    found = draft_of(request, key, version)
    initial = {name: getattr(found, name) for name in ParticularsForm.base_fields}
    work = in_progress(request, ParticularsForm, found.pk, *initial.values())
    form = ParticularsForm(work.data, work=work, initial=initial)
    if done(
        form,
        lambda clean: actions.edit_qualification(
            qualification=found, particulars=form.particulars, by=request.user, at=timezone.now()
        ),
    ):
        found.refresh_from_db()
        warn_of_number(request, found)
        messages.success(request, "The qualification has been corrected.")
        return redirect(address_of(found))
    return form_page(request, form, title="Correct the qualification", button="Save", trail=trail_of(found))


@holds(Role.ADMINISTRATOR)
@ask_or_act
def structure(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Write the structure of a draft down: groups, their units, barred combinations."""
    found = draft_of(request, key, version)
    groups, barred = actions.structure_written(found)
    work = in_progress(request, StructureForm, found.pk, str(groups), str(barred))
    units = units_to_list(found)
    form = StructureForm(work.data, work=work, units=units, initial=written_down(groups, barred))
    if done(form, lambda clean: actions.arrange(qualification=found, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The structure is kept.")
        return redirect(address_of(found))
    context = {"form": form, "qualification": found, "trail": [*trail_of(found), ("Its units", None)]}
    return render(request, "units/structure.html", context, status=409 if request.method == "POST" else 200)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def publish_qualification(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Put a draft into use, or say why not."""
    found = draft_of(request, key, version)
    if refusals := combination.refusals(structure_of(found)):
        raise Refusal(refusals)
    form = PressForm(typed(request))
    if done(
        form,
        lambda clean: actions.publish_qualification(qualification=found, by=request.user, at=timezone.now()),
    ):
        messages.success(request, PUBLISHED.format(found))
        return redirect(address_of(found))
    return form_page(
        request,
        form,
        title=f"Publish {found}",
        button="Publish",
        trail=trail_of(found),
        lead="From then on its structure never changes: what candidates work towards stays what they were told. "
        "A new structure is a new version.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def new_version(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """Begin the next version of a published qualification."""
    found = kept_qualification(request, key, version)
    form = PressForm(typed(request))
    made: list[Qualification] = []
    if done(
        form,
        lambda clean: made.append(actions.new_version(qualification=found, by=request.user, at=timezone.now())),
    ):
        messages.success(request, f"Version {made[0].version} is a draft with the same structure.")
        return redirect(address_of(made[0]))
    return form_page(
        request,
        form,
        title=f"Begin a new version of {found}",
        button="Begin it",
        trail=trail_of(found),
        lead="Candidates who are registered stay on the version that they are registered for.",
    )


def warn_of_number(request: SignedInRequest, found: Qualification) -> None:
    for sentence in qualification_number_warnings(found.number) if found.number else []:
        messages.warning(request, sentence)
