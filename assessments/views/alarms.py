"""What changed after a sample: its verifier looks at it again."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import alarms as actions
from assessments.enums import UnitStatus
from assessments.forms.alarms import NoteForm
from assessments.models import Alarm
from assessments.queries.alarms import AlarmPage, alarm_page
from assessments.verifying import STAGES, alarm_refusals
from assessments.views.asking import deny, person_at
from assessments.workflow import Reason
from portfolio.access import SignedInRequest, holds
from portfolio.refusal import Refusal
from portfolio.rules import VERIFYING
from portfolio.views.answers import done, in_progress, show_refusal
from portfolio.views.people import ask_or_act


@holds(*VERIFYING)
@ask_or_act
def alarm(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changed since a sample was taken; its verifier closes the alarm with a note, or samples the unit again."""
    try:
        found = alarm_page(request.user, pk)
    except Alarm.DoesNotExist:
        raise Http404("There is no such alarm among those you can see.") from None
    enrolment = found.alarm.sample.enrolment
    is_open = found.alarm.looked_at is None
    reasons = alarm_refusals(person_at(request, enrolment.centre_id), found.people, is_open=is_open)
    work = in_progress(request, NoteForm, pk, found.sentences)
    form = NoteForm(work.data, work=work, initial={"seen": len(found.changes)})
    sent = request.method == "POST"
    if sent:
        deny(reason for reason in reasons if not reason.about)
        if reasons:
            show_refusal(form, Refusal([reason.sentence for reason in reasons]))
        if done(form, partial(_settle, request, found)):
            messages.success(request, "The alarm is closed, and your note is on record beside what had changed.")
            return redirect("assessments:sample", found.alarm.sample_id)
        form.show_seen(len(found.changes))
    context = {
        "found": found,
        "alarm": found.alarm,
        "enrolment": enrolment,
        "form": form if sent or not reasons else None,
        "refusals": whys(reasons, is_open=is_open),
        "may_sample": not reasons and UnitStatus(enrolment.status) in STAGES,
        "trail": [("Sampling", reverse("assessments:sampling")), ("Changed since it was sampled", None)],
    }
    return render(request, "assessments/verification/alarm.html", context, status=409 if sent else 200)


def _settle(request: SignedInRequest, found: AlarmPage, clean: dict[str, Any]) -> None:
    actions.settle_alarm(alarm=found.alarm, by=request.user, at=timezone.now(), **clean)


def whys(reasons: list[Reason], *, is_open: bool) -> list[tuple[str, None]]:
    """Why the reader cannot close an alarm that is open."""
    return [(reason.sentence, None) for reason in reasons] if is_open else []
