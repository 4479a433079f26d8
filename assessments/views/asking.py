"""Who is asking, as the rules of the upper floor see them; and how a view answers a refusal."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from assessments.currency import currency_warning
from assessments.models import Enrolment, EvidenceVersion
from assessments.queries.enrolment import is_qualified_assessor
from assessments.rules import Person
from assessments.workflow import Reason
from portfolio.access import SignedInRequest
from portfolio.enums import Role
from portfolio.refusal import Refusal

PLACES = {
    "item": "assessments:evidence",
    "sample": "assessments:sample",
    "action": "assessments:action",
    "appeal": "assessments:appeal",
    "unit": "assessments:enrolment",
    "award": "assessments:award",
    "batch": "assessments:claim_batch",
}


def person_at(request: SignedInRequest, centre_id: int) -> Person:
    """The person signed in, at a centre. The roles came with the lock; an assessor's award takes one query."""
    standing = request.standing
    roles = standing.roles.get(centre_id, frozenset())
    qualified = Role.ASSESSOR in roles and is_qualified_assessor(request.user, centre_id, standing.day)
    return Person(request.user.pk, roles, qualified)


def linked(reasons: Iterable[Reason], enrolment_id: int) -> list[tuple[str, str | None]]:
    """Each reason with the address where something can be done about it."""
    return [(reason.sentence, place_of(reason, enrolment_id)) for reason in reasons]


def place_of(reason: Reason, enrolment_id: int) -> str | None:
    """The address of what a reason is about, or None when it is about nothing one could look at."""
    if reason.about == "criterion":
        return f"{reverse('assessments:enrolment', args=[enrolment_id])}?view=criteria#criterion-{reason.pk}"
    if reason.about == "requirement":
        return f"{reverse('assessments:enrolment', args=[enrolment_id])}?view=criteria#requirement-{reason.pk}"
    if reason.about in PLACES and reason.pk is not None:
        return reverse(PLACES[reason.about], args=[reason.pk])
    return None


def item_linked(reasons: Iterable[Reason], evidence_id: int) -> list[tuple[str, str | None]]:
    """Reasons about an item, each with the address where it can be put right: the item's own form, its witnesses, or
    its unit."""
    places = {
        "item": reverse("assessments:edit_evidence", args=[evidence_id]),
        "witness": f"{reverse('assessments:evidence', args=[evidence_id])}#witnesses",
    }
    return [(reason.sentence, places.get(reason.about) or place_of(reason, 0)) for reason in reasons]


def currency_of(version: EvidenceVersion) -> str:
    """What to ask of prior learning that is older than the centre takes for granted; empty where there is nothing."""
    years = version.evidence.centre.prior_learning_years
    return currency_warning(version.prior_achieved_on, timezone.localdate(), years)


def unit_for(request: SignedInRequest, pk: int) -> Enrolment:
    """A unit this person can see, with its specification, its candidate and its centre; else 404."""
    seen = Enrolment.objects.visible_to(request.user).select_related("unit", "candidate__centre", "centre")
    return get_object_or_404(seen, pk=pk)


def only_now(reasons: Iterable[Reason]) -> None:
    """403 for whoever this is not for; where only the time is wrong, 409 with the sentences."""
    found = list(reasons)
    deny(found if any(not reason.about for reason in found) else [])
    if found:
        raise Refusal([reason.sentence for reason in found])


def deny(reasons: Iterable[Reason]) -> None:
    """Raise PermissionDenied with the sentences, if there are any."""
    sentences = [reason.sentence for reason in reasons]
    if sentences:
        raise PermissionDenied(" ".join(sentences))
