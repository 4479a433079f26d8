"""Standardisation: an item judged by several unseen of each other, compared, and agreed on; and the meetings."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import standardisation as actions
from assessments.enums import Verdict
from assessments.forms.standardisation import AgreedForm, BlindForm, SetExerciseForm
from assessments.models import EvidenceFile, EvidenceVersion, Exercise, Meeting
from assessments.queries.activities import staff_at
from assessments.queries.standardisation import (
    ExerciseLine,
    ExercisePage,
    exercise_lines,
    exercise_page,
    file_of_exercise,
    items_offered,
    meetings_at,
    meetings_of,
)
from assessments.verifying import closing_exercise_refusals, meeting_refusals
from assessments.views.asking import deny, person_at
from assessments.views.files import page_of, page_text_of, sent
from assessments.views.strategy import verified_centre
from assessments.views.viewing import files_shown
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, listed_from_outside, looked_from_outside, taken_from
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from portfolio.rules import READERS, STAFF_ROLES, VERIFYING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act
from portfolio.whole import whole
from units.models import Unit

NONE_SUCH = "There is no such exercise among those you can see."

EXERCISES: Table[ExerciseLine] = Table(
    "standardisation",
    "Exercises",
    (
        Column("Exercise", lambda line: line.exercise.title, 40),
        Column("Unit", lambda line: line.unit, 10),
        Column("Set", lambda line: line.exercise.set_at, 18),
        Column("To be answered by", lambda line: line.exercise.due_on),
        Column("Asked", lambda line: line.asked, 10),
        Column("Answered", lambda line: line.answered, 10),
        Column("Closed", lambda line: line.exercise.closed_at, 18),
    ),
)
MEETINGS: Table[Meeting] = Table(
    "meetings",
    "Meetings",
    (
        Column("Held on", lambda meeting: meeting.held_on),
        Column("Meeting", lambda meeting: meeting.title, 40),
        Column("Minutes", lambda meeting: meeting.minutes, 60),
    ),
)


def way(*more: tuple[str, str | None]) -> Trail:
    return [("Standardisation", reverse("assessments:standardisation")), *more]


@holds(*READERS)
@ask
def standardisation(request: SignedInRequest) -> HttpResponse:
    """The exercises and meetings of my centres: of all of them who verifies there, else those I take part in."""
    listed_from_outside(request, "standardisation")
    centres = list(Centre.objects.filter(pk__in=request.standing.centres(*VERIFYING)).order_by("name"))
    context = {
        "exercises": exercise_lines(request.user),
        "meetings": meetings_of(request.user),
        "centres": centres,
        "day": request.standing.day,
        "in_place_only": IN_PLACE_ONLY if request.standing.sealed else "",
    }
    return render(request, "assessments/standardisation/standardisation.html", context)


@holds(*READERS)
@ask
def exercises_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The exercises, whole, to take away."""
    lines = exercise_lines(request.user, most=None)
    centres = taken_from(request, {line.exercise.centre_id for line in lines})
    return take_away(request, EXERCISES, lines, ending, centres)


@holds(*READERS)
@ask
def meetings_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The meetings with their minutes, whole, to take away."""
    found = meetings_of(request.user, most=None)
    return take_away(request, MEETINGS, found, ending, taken_from(request, {row.centre_id for row in found}))


@holds(*VERIFYING)
@ask_or_act
def set_exercise(request: SignedInRequest, slug: str) -> HttpResponse:
    """Set an item for several to judge. The unit is chosen first: `?unit=3`."""
    centre = verified_centre(request, slug)
    units = Unit.objects.offered_at(centre).order_by("short_code", "version")
    asked = request.GET.get("unit", "")
    number = whole(asked)
    if number is None:
        context = {"centre": centre, "units": units, "trail": way(("Set an exercise", None))}
        return render(request, "assessments/standardisation/which_unit.html", context)
    unit = get_object_or_404(units, pk=number)
    work = in_progress(request, SetExerciseForm, f"{slug} {unit.pk}")
    form = SetExerciseForm(
        work.data,
        work=work,
        items=items_offered(request.user, centre, unit),
        criteria=unit.criteria.order_by("position"),
        staff=staff_at(centre, request.standing.day),
    )
    made: list[Exercise] = []

    def act(clean: dict[str, Any]) -> None:
        version = EvidenceVersion.objects.select_related("evidence__centre", "evidence__candidate")
        values = {
            **clean,
            "version": version.get(pk=clean["version"]),
            "participants": list(User.objects.filter(pk__in=clean["participants"])),
        }
        made.append(actions.set_exercise(unit=unit, by=request.user, at=timezone.now(), **values))

    if done(form, act):
        messages.success(request, "The exercise is set, and those who judge have been told.")
        return redirect("assessments:exercise", made[0].pk)
    lead = "Each judges the item alone. Nobody sees what others said before all have answered, or it is closed."
    title = f"Set an exercise in {unit.short_code}"
    return form_page(request, form, title=title, button="Set it", trail=way(), lead=lead)


@holds(*READERS)
@ask_or_act
def exercise(request: SignedInRequest, pk: int) -> HttpResponse:
    """The item with a form for who is asked; then what others said, how far they agree, and what was agreed."""
    found = page_for(request, pk)
    row, open_to_me = found.exercise, found.asked and not found.answered and found.exercise.closed_at is None
    looked_from_outside(request, row, row.centre_id)
    person = person_at(request, row.centre_id)
    verifies = not meeting_refusals(person)
    closing = closing_exercise_refusals(person, closed=row.closed_at is not None, complete=found.complete)
    criteria = [line.criterion for line in found.criteria]
    work = in_progress(request, BlindForm, pk)
    form = BlindForm(work.data, work=work, criteria=criteria)

    def act(clean: dict[str, Any]) -> None:
        actions.judge_in_exercise(exercise=row, by=request.user, at=timezone.now(), **clean)

    sent_here = request.method == "POST"
    if sent_here and done(form, act):
        messages.success(request, "Your judgement is on record. You see the others' once all have answered.")
        return redirect("assessments:exercise", pk)
    context = {
        "found": found,
        "exercise": row,
        "form": form if open_to_me or sent_here else None,
        "files": files_shown(found.files, found.scans, own=False) if found.item_open else [],
        "verifies": verifies,
        "sealed": row.centre_id in request.standing.sealed,
        "may_close": not closing,
        "closing": [(reason.sentence, None) for reason in closing if verifies and row.closed_at is None],
        "trail": way((row.title, None)),
    }
    return render(request, "assessments/standardisation/exercise.html", context, status=409 if sent_here else 200)


@holds(*VERIFYING)
@require_POST
def close_exercise(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an exercise."""
    found = page_for(request, pk)
    try:
        actions.close_exercise(exercise=found.exercise, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
    else:
        messages.success(request, "The exercise is closed, and those who took part have been told.")
    return redirect("assessments:exercise", pk)


@holds(*VERIFYING)
@ask_or_act
def agree_outcome(request: SignedInRequest, pk: int, criterion: int) -> HttpResponse:
    """Record what was agreed on a criterion of an exercise."""
    found = page_for(request, pk)
    deny(meeting_refusals(person_at(request, found.exercise.centre_id)))
    line = next((line for line in found.criteria if line.criterion.pk == criterion), None)
    if line is None:
        raise Http404("The exercise is not about this criterion.")
    work = in_progress(request, AgreedForm, f"{pk} {criterion}")
    meetings = meetings_at(found.exercise.centre, request.standing.day)
    form = AgreedForm(work.data, work=work, meetings=meetings)

    def act(clean: dict[str, Any]) -> None:
        meeting = clean["meeting"] and Meeting.objects.visible_to(request.user).get(pk=clean["meeting"])
        actions.agree_outcome(
            exercise=found.exercise,
            criterion=line.criterion,
            verdict=Verdict(clean["verdict"]),
            rationale=clean["rationale"],
            meeting=meeting,
            by=request.user,
            at=timezone.now(),
        )

    if done(form, act):
        messages.success(request, "What was agreed is on record. Assessors read it where they judge this criterion.")
        return redirect("assessments:exercise", pk)
    trail = way((found.exercise.title, reverse("assessments:exercise", args=[pk])))
    title = f"What was agreed on {line.criterion.number}"
    return form_page(request, form, title=title, button="Record it", trail=trail, lead=line.criterion.text)


@holds(*STAFF_ROLES)
@require_safe
def exercise_file(request: SignedInRequest, pk: int, file: int) -> HttpResponseBase:
    """A file of the item, to those it is open to in the exercise. Who fetched it is written down."""
    return sent(request, _file(request, pk, file), download="download" in request.GET)


@holds(*STAFF_ROLES)
@require_safe
def exercise_page_picture(request: SignedInRequest, pk: int, file: int, number: int) -> HttpResponse:
    """A page of a file of the item as a picture; `?text` as text."""
    found = _file(request, pk, file)
    return page_text_of(found, number) if "text" in request.GET else page_of(found, number)


def _file(request: SignedInRequest, pk: int, file: int) -> EvidenceFile:
    try:
        return file_of_exercise(request.user, pk, file)
    except EvidenceFile.DoesNotExist:
        raise Http404("There is no such file in an exercise of yours.") from None


def page_for(request: SignedInRequest, pk: int) -> ExercisePage:
    """The exercise as this person may see it, else 404."""
    try:
        return exercise_page(request.user, pk)
    except Exercise.DoesNotExist:
        raise Http404(NONE_SUCH) from None
