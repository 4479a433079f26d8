"""What the clock has to tell: target dates, actions, links, samples, awards and roles, and what waits long.

Asked every day by a command (`tell_due`), with the clock as its argument. Each thing is told once to each person it
concerns, however often that is asked; what fell due longer ago than notices.DUE_WITHIN is no news any more and stands
on the desks where it always did.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments.actions.telling import code, item_name, item_place, unit_place, whose
from assessments.enums import UnitStatus
from assessments.models import STILL_WANTED, Action, DataRequest, Mapping, Sample, Testimony
from assessments.queries.due import aimed_at, unanswered, unanswered_at_centre
from portfolio import notices, seals
from portfolio.enums import Role, Told
from portfolio.models import Centre, Competence, Notice, RoleGrant, Seal, StaffQualification, User, holders
from portfolio.models.staff import RUNS
from portfolio.notices import DUE_WITHIN, News
from portfolio.queries import names_at
from portfolio.rules import STAFF_ROLES

WAITS_LONG = datetime.timedelta(days=10)
SAMPLE_LONG = datetime.timedelta(days=14)
TARGET_NEAR = datetime.timedelta(days=14)
LINK_NEAR = datetime.timedelta(days=3)
ACTION_NEAR = datetime.timedelta(days=3)
AWARD_NEAR = datetime.timedelta(days=30)
ROLE_NEAR = datetime.timedelta(days=14)
REQUEST_NEAR = datetime.timedelta(days=10)
SEAL_VERY_NEAR = datetime.timedelta(days=14)
OF_UNIT = ("enrolment__unit", "enrolment__candidate", "enrolment__centre")


class Due(NamedTuple):
    """A line, whom it is told, and of which centre."""

    news: News
    people: Iterable[User]
    centre: Centre


def tell_due(now: datetime.datetime) -> int:
    """Tell everything that is due and was not told before. Returns how many lines that made."""
    before = Notice.objects.exclude(once="").count()
    for found in RULES:
        with transaction.atomic():
            for news, people, centre in found(now):
                notices.tell(news, people, centre, None, now)
    return Notice.objects.exclude(once="").count() - before


def targets(now: datetime.datetime) -> Iterator[Due]:
    """A target date that comes near, of a unit still being collected: candidate and assessor."""
    today = timezone.localdate(now)
    near = aimed_at((today, today + TARGET_NEAR))
    for unit in near.select_related("unit", "candidate", "centre", "assessor", "candidate_user"):
        sentence, once = f"Its target date is {unit.target_on:%-d %B %Y}.", f"{unit.pk} {unit.target_on}"
        place = unit_place(unit.pk, "people")
        yield Due(News(Told.TARGET, code(unit), sentence, place, unit, once), [unit.candidate_user], unit.centre)
        yield Due(News(Told.TARGET, whose(unit), sentence, place, unit, once), [unit.assessor], unit.centre)


def links(now: datetime.datetime) -> Iterator[Due]:
    """A witness's link that runs out while nobody has answered: the candidate, who can send another."""
    ending = Testimony.objects.filter(STILL_WANTED, expires_at__gt=now, expires_at__lte=now + LINK_NEAR)
    for testimony in ending.select_related("version__evidence__candidate__user", "version__evidence__centre"):
        evidence, until = testimony.version.evidence, timezone.localtime(testimony.expires_at)
        sentence = f"A witness has not answered, and the link runs out on {until:%-d %B}."
        place = item_place(evidence.pk, "witnesses", version=testimony.version.number)
        once = f"{testimony.pk} {testimony.expires_at.isoformat()}"
        news = News(Told.LINK_ENDING, item_name(evidence), sentence, place, evidence, once)
        yield Due(news, [evidence.candidate.user], evidence.centre)


def waits(now: datetime.datetime) -> Iterator[Due]:
    """Evidence that has waited long for its assessor."""
    long = Mapping.objects.filter(
        taken_back_at=None,
        enrolment__status=UnitStatus.COLLECTING,
        waiting_since__lte=now - WAITS_LONG,
        waiting_since__gt=now - WAITS_LONG - DUE_WITHIN,
    )
    rows = long.select_related("evidence__candidate", "enrolment__assessor", "enrolment__centre", "enrolment__unit")
    for row in rows.order_by("pk"):
        since = timezone.localtime(row.waiting_since)
        subject = f"{row.evidence.candidate.name}: {item_name(row.evidence)}, {code(row.enrolment)}"
        news = News(
            Told.WAITING,
            subject,
            f"Has waited to be assessed since {since:%-d %B}.",
            item_place(row.evidence_id, "files"),
            row.evidence,
            f"{row.evidence_id} {since.isoformat()}",
        )
        yield Due(news, [row.enrolment.assessor], row.enrolment.centre)


def actions_near(now: datetime.datetime) -> Iterator[Due]:
    """An action that is due within days: whoever it was given to."""
    today = timezone.localdate(now)
    for action in with_people().filter(due_on__range=(today, today + ACTION_NEAR)):
        sentence = f"An action of yours is due on {action.due_on:%-d %B}."
        yield due_action(action, sentence, f"near {action.pk} {action.due_on}", [action.owner])


def actions_overdue(now: datetime.datetime) -> Iterator[Due]:
    """An action whose day has passed: whoever it was given to, and whoever raised it."""
    today = timezone.localdate(now)
    for action in with_people().filter(due_on__lt=today, due_on__gt=today - DUE_WITHIN):
        once, was_due = f"overdue {action.pk} {action.due_on}", f"was due on {action.due_on:%-d %B}"
        yield due_action(action, f"An action of yours {was_due}.", once, [action.owner])
        yield due_action(action, f"An action that you asked for {was_due}.", once, [action.raised_by])


def with_people() -> QuerySet[Action]:
    return unanswered().select_related("owner", "raised_by", *OF_UNIT)


def due_action(action: Action, sentence: str, once: str, people: list[User]) -> Due:
    place = reverse("assessments:action", args=[action.pk])
    news = News(Told.ACTION_DUE, whose(action.enrolment), sentence, place, action, once)
    return Due(news, people, action.enrolment.centre)


def asked_at_centre(now: datetime.datetime) -> Iterator[Due]:
    """Something asked of one of the staff that is due within days: its owner; once overdue, who asked for it too."""
    today = timezone.localdate(now)
    rows = unanswered_at_centre().filter(due_on__gt=today - DUE_WITHIN)
    related = ("owner", "raised_by", "centre", "activity", "meeting", "access__awarding_body")
    for action in rows.filter(due_on__lte=today + ACTION_NEAR).select_related(*related):
        place = reverse("assessments:centre_action", args=[action.pk])
        subject = str(action.meeting or action.activity or action.access)
        late = action.due_on < today
        once = f"centre {'overdue' if late else 'near'} {action.pk} {action.due_on}"
        sentence = f"An action of yours {'was' if late else 'is'} due on {action.due_on:%-d %B}."
        yield Due(News(Told.ACTION_DUE, subject, sentence, place, action, once), [action.owner], action.centre)
        if late and action.raised_by_id != action.owner_id:
            sentence = f"An action that you asked for was due on {action.due_on:%-d %B}."
            yield Due(News(Told.ACTION_DUE, subject, sentence, place, action, once), [action.raised_by], action.centre)


def samples(now: datetime.datetime) -> Iterator[Due]:
    """A sample that has been open for long: its verifier."""
    long = Sample.objects.still_open().filter(
        planned_at__lte=now - SAMPLE_LONG, planned_at__gt=now - SAMPLE_LONG - DUE_WITHIN
    )
    for sample in long.select_related("verifier", *OF_UNIT):
        since = timezone.localtime(sample.planned_at)
        sentence, place = f"A sample is open since {since:%-d %B}.", reverse("assessments:sample", args=[sample.pk])
        news = News(Told.SAMPLE_OPEN, whose(sample.enrolment), sentence, place, sample, str(sample.pk))
        yield Due(news, [sample.verifier], sample.enrolment.centre)


def awards(now: datetime.datetime) -> Iterator[Due]:
    """A qualification that staff work towards, whose day comes near: the centre's administrators."""
    today = timezone.localdate(now)
    near = StaffQualification.objects.filter(achieved_on=None, target_on__range=(today, today + AWARD_NEAR))
    for award in near.select_related("staff__centre", "staff__user"):
        staff = award.staff
        sentence = f"Works towards {award.get_kind_display()} by {award.target_on:%-d %B %Y}."
        place = person_place(staff.centre, staff.user, "awards")
        news = News(Told.AWARD_DUE, staff.name, sentence, place, award, f"{award.pk} {award.target_on}")
        yield Due(news, holders(staff.centre_id, Role.ADMINISTRATOR, today), staff.centre)


def roles(now: datetime.datetime) -> Iterator[Due]:
    """A role that ends soon: the centre's administrators."""
    today = timezone.localdate(now)
    ending = RoleGrant.objects.on(today).filter(ends_on__range=(today, today + ROLE_NEAR))
    ending = ending.exclude(role=Role.EXTERNAL_VERIFIER)  # which always ends by itself
    for grant in ending.select_related("centre", "user"):
        name = names_at(grant.centre, [grant.user_id]).get(grant.user_id, grant.user.email)
        sentence = f"Is {grant.get_role_display().lower()} until {grant.ends_on:%-d %B %Y}."
        place = person_place(grant.centre, grant.user, "roles")
        news = News(Told.ROLE_ENDING, name, sentence, place, grant, f"{grant.pk} {grant.ends_on}")
        yield Due(news, holders(grant.centre_id, Role.ADMINISTRATOR, today), grant.centre)


def person_place(centre: Centre, user: User, spot: str) -> str:
    """The page of a person at a centre, at a spot of it."""
    return f"{reverse('portfolio:person', args=[centre.slug, user.handle])}#{spot}"


def competences(now: datetime.datetime) -> Iterator[Due]:
    """A competence of somebody who works there that is to be looked at again soon: administrators, lead verifiers."""
    today = timezone.localdate(now)
    working = RoleGrant.objects.on(today).filter(
        user=OuterRef("staff__user"), centre=OuterRef("staff__centre"), role__in=STAFF_ROLES
    )
    near = Competence.objects.on(today).filter(Exists(working), review_on__range=(today, today + AWARD_NEAR))
    for one in near.select_related("staff__centre", "staff__user"):
        staff = one.staff
        sentence = f"Competence in {one.area} is to be looked at again by {one.review_on:%-d %B %Y}."
        place = f"{reverse('portfolio:staff_member', args=[staff.centre.slug, staff.user.handle])}#competence"
        news = News(Told.AWARD_DUE, staff.name, sentence, place, one, f"competence {one.pk} {one.review_on}")
        people = [user for role in RUNS for user in holders(staff.centre_id, role, today)]
        yield Due(news, people, staff.centre)


def data_requests(now: datetime.datetime) -> Iterator[Due]:
    """A request for data whose day comes near, or has passed: the centre's administrators."""
    today = timezone.localdate(now)
    near = DataRequest.objects.still_open().filter(due_on__gt=today - DUE_WITHIN, due_on__lte=today + REQUEST_NEAR)
    for row in near.select_related("centre").order_by("pk"):
        late = row.due_on < today
        sentence = f"The answer to their request for data {'was' if late else 'is'} due on {row.due_on:%-d %B %Y}."
        once = f"{'overdue' if late else 'near'} {row.pk} {row.due_on}"
        news = News(
            Told.DATA_REQUEST, row.name, sentence, reverse("assessments:data_request", args=[row.pk]), row, once
        )
        yield Due(news, holders(row.centre_id, Role.ADMINISTRATOR, today), row.centre)


def seals_ending(now: datetime.datetime) -> Iterator[Due]:
    """A certificate that forms are sealed with, whose end comes near, is very near, or is past: administrators."""
    near = Seal.objects.filter(ended_at=None, valid_until__gt=now - DUE_WITHIN, valid_until__lte=now + seals.ENDING)
    for seal in near.select_related("centre"):
        day = timezone.localtime(seal.valid_until)
        if seal.valid_until <= now:
            stage, sentence = "ended", f"It ended on {day:%-d %B %Y}: forms are issued without a seal."
        else:
            stage = "last days" if seal.valid_until <= now + SEAL_VERY_NEAR else "near"
            sentence = f"It ends on {day:%-d %B %Y}: ask for a new one, or forms are issued without a seal then."
        place = f"{reverse('portfolio:centre_settings', args=[seal.centre.slug])}#seal"
        news = News(Told.SEAL_ENDING, "Your centre’s seal", sentence, place, seal, f"{seal.pk} {stage}")
        yield Due(news, holders(seal.centre_id, Role.ADMINISTRATOR, timezone.localdate(now)), seal.centre)


RULES: tuple[Callable[[datetime.datetime], Iterator[Due]], ...] = (
    targets, links, waits, actions_near, actions_overdue, asked_at_centre, samples, awards, competences, roles,
    data_requests,
    seals_ending,
)  # fmt: skip
