"""What a person is told: on their home page, on a page of its own, and what of it by e-mail."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portfolio import actions, digest, notices, work
from portfolio.access import SignedInRequest, by_script, listed_from_outside, open_to_all, signed_in
from portfolio.enums import Rhythm, Role
from portfolio.forms import TellingForm
from portfolio.models import LeftOut, Telling, User
from portfolio.queries import newest_news, news_page
from portfolio.views.answers import done, form_page, ours, typed
from portfolio.whole import whole


def on_home(request: SignedInRequest) -> dict[str, Any]:
    """What every home page shows beside its own: the newest news, and the forms begun and not sent. Two queries."""
    now = timezone.now()
    return {"news": newest_news(request.user, now), "begun": work.begun(request.user, now)}


@signed_in
@require_safe
def news(request: SignedInRequest) -> HttpResponse:
    """All that I was told, as long as it is kept."""
    listed_from_outside(request, "news")
    page = news_page(request.user, request.GET.get("page", "1"))
    context = {"page": page, "several": len({line.centre_id for line in page.object_list}) > 1}
    return render(request, "portfolio/news.html", context)


@signed_in
@require_POST
def read(request: SignedInRequest) -> HttpResponse:
    """Mark one line as read (`notice`), which a script says of a link that is followed; or all."""
    asked = request.POST.get("notice", "")
    if asked and whole(asked) is None:
        raise Http404("There is no such line.")
    notices.read(request.user, timezone.now(), whole(asked))
    return HttpResponse(status=204) if by_script(request) else redirect(ours(request, request.POST.get("next", "")))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: SignedInRequest) -> HttpResponse:
    """How often I am told by e-mail, and of what."""
    roles = [role for role in Role if request.standing.holds(role)]
    form = TellingForm(typed(request), roles=roles, initial=chosen(request.user, roles))

    def choose(cleaned: dict[str, Any]) -> None:
        actions.choose_telling(
            user=request.user,
            rhythm=cleaned["rhythm"],
            offered=form.offered,
            wanted=form.wanted,
            by=request.user,
            at=timezone.now(),
        )

    if done(form, choose):
        messages.success(request, "Your choice is saved.")
        return redirect("portfolio:telling")
    return form_page(
        request,
        form,
        title="What I am told",
        button="Save",
        trail=[("News", reverse("portfolio:news"))],
        lead="Your home page shows all your news. One e-mail tells you what is new of the kinds that you tick here.",
    )


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the e-mails by the link in one of them: by a press, for programs follow links."""
    user = digest.whose(token)
    if user is None:
        raise Http404("This link ends no e-mails.")
    if request.method == "POST":
        actions.stop_digest(user=user, by=None, at=timezone.now())
        return redirect("portfolio:stop_digest", token)
    return render(request, "portfolio/stop_digest.html", {"stopped": rhythm_of(user) == Rhythm.NEVER})


def chosen(user: User, roles: list[Role]) -> dict[str, Any]:
    """The choice as it stands: what is not left out is ticked."""
    left_out = set(LeftOut.objects.filter(user=user).values_list("kind", flat=True))
    blank = TellingForm(roles=roles)
    ticked = {
        name: [kind for kind, _ in blank.fields[name].choices if kind not in left_out]  # type: ignore[attr-defined]
        for name in blank.groups
    }
    return {"rhythm": rhythm_of(user), **ticked}


def rhythm_of(user: User) -> Rhythm:
    """How often a person gets their news by e-mail."""
    found = Telling.objects.filter(user=user).first()
    return Rhythm(found.rhythm) if found else Rhythm.DAILY
