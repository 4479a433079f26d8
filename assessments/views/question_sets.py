"""Sets of questions: written by assessors and verifiers, verified by another verifier, and in use."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import question_sets as actions
from assessments.forms.question_sets import SetForm, SetWordsForm
from assessments.models import QuestionSet
from assessments.queries.question_sets import SetPage, set_page, sets_of, units_offered
from portfolio.access import SignedInRequest, holds
from portfolio.models import Centre
from portfolio.views.answers import done, in_progress
from portfolio.whole import whole
from units.models import Unit

ASK = require_http_methods(["GET", "HEAD", "POST"])
SAID = {
    "offer": "The set waits for a verifier now. Its words stand from here on.",
    "verify": "You have verified the set. Its author takes it into use.",
    "hand_back": "The set has gone back to its author.",
    "use": "The set is in use: assessors can ask its questions.",
    "withdraw": "The set is withdrawn. What was answered to its questions stays.",
}


@holds(*actions.WRITE)
@require_safe
def sets(request: SignedInRequest) -> HttpResponse:
    """The sets of my centres. `?all=1` shows those withdrawn as well."""
    everything = request.GET.get("all") == "1"
    centres = Centre.objects.filter(pk__in=request.standing.centres(*actions.WRITE)).order_by("name")
    context = {
        "lines": sets_of(request.user, withdrawn=everything),
        "everything": everything,
        "centres": list(centres),
    }
    return render(request, "assessments/evidence/question_sets.html", context)


@holds(*actions.WRITE)
@ASK
def write(request: SignedInRequest, slug: str) -> HttpResponse:
    """A new set for the unit named in the address: `?unit=3`."""
    centre = get_object_or_404(Centre, slug=slug, pk__in=request.standing.centres(*actions.WRITE))
    asked = request.GET.get("unit", "")
    if not asked:
        context = {"centre": centre, "units": units_offered(centre)}
        return render(request, "assessments/evidence/which_unit.html", context)
    unit = get_object_or_404(Unit.objects.known_at(centre).published(), pk=whole(asked))
    work = in_progress(request, SetForm, f"new {centre.pk} {unit.pk}")
    form = SetForm(work.data, work=work, criteria=list(unit.criteria.order_by("position")))
    made: list[QuestionSet] = []

    def save(clean: dict[str, Any]) -> None:
        made.append(
            actions.write_set(
                centre=centre,
                unit=unit,
                title=clean["title"],
                questions=form.questions,
                by=request.user,
                at=timezone.now(),
            )
        )

    if request.method == "POST" and not form.looking and done(form, save):
        messages.success(request, "Saved as a draft.")
        return redirect("assessments:question_set", made[0].pk)
    context = {"form": form, "unit": unit, "centre": centre, "set": None}
    return render(request, "assessments/evidence/write_set.html", context)


@holds(*actions.WRITE)
@ASK
def rewrite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a draft anew."""
    page = page_of(request, pk)
    found, unit = page.set, page.set.unit
    if sentences := actions.writing_refusals(found, request.user, timezone.now()):
        raise PermissionDenied(" ".join(sentences))
    work = in_progress(request, SetForm, found.pk, *(asking.pk for asking in page.questions))
    criteria = list(unit.criteria.order_by("position"))
    form = SetForm(work.data, work=work, criteria=criteria, title=found.title, before=page.questions)

    def save(clean: dict[str, Any]) -> None:
        actions.rewrite_set(
            questions_set=found, title=clean["title"], questions=form.questions, by=request.user, at=timezone.now()
        )

    if request.method == "POST" and not form.looking and done(form, save):
        messages.success(request, "Saved as a draft.")
        return redirect("assessments:question_set", pk)
    context = {"form": form, "unit": unit, "centre": found.centre, "set": found}
    return render(request, "assessments/evidence/write_set.html", context)


@holds(*actions.WRITE)
@ASK
def shown(request: SignedInRequest, pk: int) -> HttpResponse:
    """A set with its questions, and what this person may do with it now."""
    page = page_of(request, pk)
    press = next((name for name in (*SAID, "follow") if name in request.POST), "")
    work = in_progress(request, SetWordsForm, pk, page.set.status)
    form = SetWordsForm(work.data, work=work)
    following: list[QuestionSet] = []

    def act(clean: dict[str, Any]) -> None:
        following.append(doing(press, page.set, clean["words"], request)())

    if press and done(form, act):
        messages.success(request, SAID.get(press, "This is the next version, as a draft. The set in use stays so far."))
        return redirect("assessments:question_set", following[0].pk)
    context = {"page": page, "set": page.set, "form": form, **may(page, request)}
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/evidence/question_set.html", context, status=status)


def doing(press: str, found: QuestionSet, words: str, request: SignedInRequest) -> Callable[[], QuestionSet]:
    """The verb behind a press."""
    by, at = request.user, timezone.now()
    return {
        "offer": lambda: actions.offer_set(questions_set=found, by=by, at=at),
        "verify": lambda: actions.verify_set(questions_set=found, by=by, at=at),
        "hand_back": lambda: actions.hand_set_back(questions_set=found, words=words, by=by, at=at),
        "use": lambda: actions.use_set(questions_set=found, by=by, at=at),
        "withdraw": lambda: actions.withdraw_set(questions_set=found, words=words, by=by, at=at),
        "follow": lambda: actions.follow_set(questions_set=found, by=by, at=at),
    }[press]


def may(page: SetPage, request: SignedInRequest) -> dict[str, object]:
    """What nothing stands in the way of; and why a verifier who wrote the questions may not verify them."""
    found, by, at = page.set, request.user, timezone.now()
    verifying = actions.verifying_refusals(found, by, at)
    verifies = bool(request.standing.roles.get(found.centre_id, frozenset()) & set(actions.VERIFY))
    return {
        "may_write": not actions.writing_refusals(found, by, at),
        "may_verify": not verifying,
        "why_not": verifying if verifies and found.status == "offered" else [],
        "may_use": not actions.using_refusals(found, by, at),
        "may_follow": not actions.following_refusals(found, by, at),
        "may_withdraw": not actions.withdrawing_refusals(found, by, at),
    }


def page_of(request: SignedInRequest, pk: int) -> SetPage:
    """The set as this person may see it, else 404."""
    try:
        return set_page(request.user, pk)
    except QuestionSet.DoesNotExist:
        raise Http404("There is no such set of questions at your centre.") from None
