"""Official forms: those of a candidate's unit are asked for and made by a worker; a blank one is made on the spot."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from assessments.documents import ask_authentication_form, ask_recording_form, blank_recording_form
from assessments.models import AuthenticationForm, Enrolment
from portfolio.access import SignedInRequest, may_take_away, signed_in
from portfolio.models import Centre
from portfolio.pdf import CannotRender
from portfolio.refusal import Refusal
from units.models import Unit


@signed_in
@require_POST
def recording_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the recording form of a unit as it stands, and go where it will be."""
    enrolment = get_object_or_404(Enrolment.objects.visible_to(request.user), pk=pk)
    may_take_away(request, enrolment.centre_id)
    document = ask_recording_form(enrolment=enrolment, by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


@signed_in
@require_POST
def authentication_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a Centre Authentication form, as first issued, and go where it will be."""
    forms = AuthenticationForm.objects.visible_to(request.user)
    form = get_object_or_404(forms.select_related("signature__statement", "enrolment"), pk=pk)
    may_take_away(request, form.enrolment.centre_id)
    document = ask_authentication_form(form=form, by=request.user, at=timezone.now())
    return redirect("portfolio:document", document.pk)


@signed_in
@require_safe
def blank_form(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """The recording form of a unit to write on: that of the centre named in the address, else of one's own."""
    units = Unit.objects.visible_to(request.user).published().select_related("awarding_body")
    unit = get_object_or_404(units, key=key, version=version)
    try:
        content = blank_recording_form(unit, _centre(request, unit))
    except CannotRender as error:
        raise Refusal([str(error)]) from error
    name = f"Recording form {unit.short_code}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-cache",
        },
    )


def _centre(request: SignedInRequest, unit: Unit) -> Centre | None:
    """The centre whose form is wanted, among those where the person is somebody and the unit is offered; nobody has a
    form of no centre's."""
    centres = Centre.objects.filter(pk__in=request.standing.roles)
    if unit.centre_id is not None:
        centres = centres.filter(pk=unit.centre_id)
    wanted = request.GET.get("centre")
    return get_object_or_404(centres, slug=wanted) if wanted else centres.first()
