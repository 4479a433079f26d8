"""What the workers do for a centre, for its administrators."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from portfolio import actions
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.queries import jobs_page
from portfolio.refusal import Refusal
from portfolio.views.people import ask, kept_centre, people_trail


@holds(Role.ADMINISTRATOR)
@ask
def jobs(request: SignedInRequest, slug: str) -> HttpResponse:
    """What waits, is being done, and failed."""
    centre = kept_centre(request, slug)
    context = {
        "centre": centre,
        "found": jobs_page(centre, timezone.now()),
        "trail": [*people_trail(centre), ("Jobs", None)],
    }
    return render(request, "portfolio/jobs.html", context)


@holds(Role.ADMINISTRATOR)
@require_POST
def try_job_again(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Have a failed one tried again now."""
    try:
        actions.try_job_again(centre=kept_centre(request, slug), job=pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
    else:
        messages.success(request, "It is tried again as soon as a worker is free.")
    return redirect("portfolio:jobs", slug)
