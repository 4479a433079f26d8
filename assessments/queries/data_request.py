"""Requests for data: who is on record under an address, the list of requests, and one with all there is to it."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from assessments.answering import extending_refusals
from assessments.models import DataRequest, Testimony
from assessments.queries.enrolment import staff_names
from portfolio.archive.asking import Stands, how_it_stands
from portfolio.models import AccessLine, CandidateRecord, Centre, ExternalRecord, RoleGrant, StaffRecord, User
from portfolio.queries import names_at


@dataclass(frozen=True)
class OnRecord:
    """Somebody on record at a centre: by their sign-in, or as a witness by the address they were written to at."""

    user: User | None
    address: str
    name: str


@dataclass(frozen=True)
class RequestPage:
    """A request for data, how its copy stands, who took it, and what the office did about it."""

    request: DataRequest
    copy: Stands
    taken: list[datetime.datetime]
    recorded_by: str
    confirmed_by: str
    extended_by: str
    handed_over_by: str
    closed_by: str
    no_more_time: list[str]


HANDS = ("recorded_by", "confirmed_by", "extended_by", "handed_over_by", "closed_by")


def on_record(centre: Centre, address: str) -> OnRecord | None:
    """Whoever the centre has on record under the address; a witness without a sign-in as well. Three queries."""
    address = address.strip()
    user = User.objects.signing_in_by(address).first()
    if user and is_here(user, centre):
        return OnRecord(user, user.email, names_at(centre, [user.pk]).get(user.pk) or name_outside(user, centre))
    asked = Testimony.objects.filter(version__evidence__centre=centre).order_by("-pk")
    mine = Q(email__iexact=address) | Q(witness=user) if user else Q(email__iexact=address)
    testimony = asked.filter(mine).first()
    return OnRecord(user, testimony.email, testimony.name) if testimony else None


def is_here(user: User, centre: Centre) -> bool:
    """Whether the centre keeps a record of the person, or gave them a role once. One query."""
    rows = [
        kind.objects.filter(user=user, centre=centre).order_by().values_list("pk")
        for kind in (CandidateRecord, StaffRecord, ExternalRecord, RoleGrant)
    ]
    return rows[0].union(*rows[1:], all=True).exists()


def name_outside(user: User, centre: Centre) -> str:
    """What an external verifier is called at the centre; the address, of who is called nothing there."""
    found = ExternalRecord.objects.filter(user=user, centre=centre).values_list("name", flat=True).first()
    return str(found or user.email)


def candidate_of(request: DataRequest) -> CandidateRecord | None:
    """The person's record as a candidate of the centre, if there is one."""
    if request.user_id is None:
        return None
    return (
        CandidateRecord.objects.filter(centre=request.centre_id, user=request.user_id).select_related("centre").first()
    )


def requests_of(centre: Centre) -> "list[DataRequest]":
    """Open ones first, by the day they are due; then the newest. One query."""
    rows = DataRequest.objects.filter(centre=centre).order_by()
    return sorted(rows, key=lambda row: (not row.is_open, row.due_on if row.is_open else datetime.date.max, -row.pk))


def request_page(request: DataRequest) -> RequestPage:
    """All that its page shows, in a fixed number of queries. Give it with its centre, its person and its copy."""
    package, now = request.package, timezone.now()
    taken = AccessLine.objects.filter(centre=request.centre_id, subject_kind="archive", downloaded=True)
    took = taken.filter(subject_id=package.pk).order_by("pk").values_list("at", flat=True) if package else []
    hands = [getattr(request, f"{name}_id") or 0 for name in HANDS]
    names = staff_names(set(hands), {request.centre_id})
    return RequestPage(
        request=request,
        copy=how_it_stands(package, now) if package else Stands(),
        taken=list(took),
        **{name: names.get((pk, request.centre_id), "") for name, pk in zip(HANDS, hands, strict=True)},
        no_more_time=extending_refusals(request.due_on, request.extended_at is not None, timezone.localdate(now)),
    )


def own_requests(user: User) -> list[DataRequest]:
    """What a person asked of centres, newest first, each with its centre and its copy. One query."""
    rows = DataRequest.objects.filter(user=user).select_related("centre", "package")
    return list(rows.order_by("-received_on", "-pk"))
