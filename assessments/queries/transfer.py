"""Transfers between centres: what a candidate's leaving would close, and where they came from and went to."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from assessments.enums import UnitStatus, Verb
from assessments.models import AchievedElsewhere, AwardClaim, Break, Enrolment, Registration, TransferIn, TransferOut
from assessments.queries.breaks import ON_BREAK
from assessments.queries.moving import facts_of, with_what_is_open
from assessments.rules import Person
from assessments.workflow import ITEM_FROZEN, SUSPENDABLE, unit_refusals
from portfolio.enums import Role
from portfolio.models import CandidateRecord, RoleGrant

NOTHING = "{} has no unit in progress, so nothing is to be closed."
LATER = "The day they left cannot be after today."
KNOWN_LATER = "The day on which the candidate asked for it, or was told, cannot be after today."
DONE = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)


@dataclass(frozen=True)
class Closing:
    """A unit that would end, and why it cannot yet."""

    enrolment: Enrolment
    sentences: list[str]

    @property
    def could_be_claimed(self) -> bool:
        """It is signed off: claimed before they leave, it is theirs for good."""
        return self.enrolment.status in DONE


def closing(candidate: CandidateRecord, person: Person) -> list[Closing]:
    """The candidate's units that a transfer ends. One query."""
    rows = Enrolment.objects.filter(candidate=candidate, status__in=(*SUSPENDABLE, UnitStatus.SUSPENDED))
    return [Closing(row, sentences_of(row, person)) for row in with_what_is_open(rows.order_by("pk"))]


def sentences_of(row: Enrolment, person: Person) -> list[str]:
    sentences = [reason.sentence for reason in unit_refusals(Verb.TRANSFER_OUT, person, facts_of(row))]
    if vars(row)["item_held"] and not row.frozen_at:
        sentences.append(ITEM_FROZEN)
    return sentences


def leaving_refusals(
    candidate: CandidateRecord, units: Iterable[Closing], registered: Iterable[Registration]
) -> list[str]:
    """Why the candidate cannot be transferred yet, whatever the day. One query."""
    units = list(units)
    sentences = [f"{row.enrolment.unit.short_code}: {words}" for row in units for words in row.sentences]
    if not units and not list(registered):
        sentences.append(NOTHING.format(candidate))
    if found := Break.objects.going_on().filter(candidate=candidate).first():
        sentences.append(ON_BREAK.format(candidate, found.expected_on))
    return sentences


def with_nothing_claimed(candidate: CandidateRecord) -> list[Registration]:
    """The registrations for whole awards that end with it: those of which nothing is claimed. One query."""
    standing = AwardClaim.objects.filter(registration=OuterRef("pk"), taken_back_at=None)
    rows = Registration.objects.in_force().filter(~Exists(standing), candidate=candidate)
    return list(rows.select_related("qualification").order_by("pk"))


def role_that_ends(candidate: CandidateRecord, day: datetime.date) -> RoleGrant | None:
    """The role as candidate, where nothing will be left here for them to do or to wait for: no unit that is claimed and
    not certificated, no whole award claimed, no appeal. Three queries."""
    left = Enrolment.objects.filter(candidate=candidate, status=UnitStatus.CLAIMED)
    waiting = AwardClaim.objects.filter(
        registration__candidate=candidate, taken_back_at=None, certificates__isnull=True
    )
    appealing = Enrolment.objects.filter(candidate=candidate, open_appeal__isnull=False)
    if left.exists() or waiting.exists() or appealing.exists():
        return None
    grants = RoleGrant.objects.ending_from(day).filter(
        user=candidate.user_id, centre=candidate.centre_id, role=Role.CANDIDATE, ends_on=None
    )
    return grants.select_related("centre").first()


def awards_resting_on(achieved: AchievedElsewhere) -> list[AwardClaim]:
    """Claims of whole awards that were made while this counted, and that stand. One query."""
    if achieved.unit_id is None:
        return []
    rows = AwardClaim.objects.filter(
        registration__candidate=achieved.transfer.candidate_id,
        registration__qualification__listed_units__unit=achieved.unit_id,
        batch__claimed_at__gte=achieved.at,
        taken_back_at=None,
    ).exclude(certificates__revoked_on__isnull=False)
    return list(rows.select_related("registration__qualification"))


def day_refusals(left_on: datetime.date, known_on: datetime.date, day: datetime.date) -> list[str]:
    return [*([LATER] if left_on > day else []), *([KNOWN_LATER] if known_on > day else [])]


def transfers_of(candidate: CandidateRecord) -> tuple[list[TransferOut], list[TransferIn]]:
    """To where and from where the candidate went, the latest first. Four queries."""
    out = TransferOut.objects.filter(candidate=candidate).prefetch_related("units__enrolment__unit")
    into = TransferIn.objects.filter(candidate=candidate).prefetch_related("achieved__unit")
    return list(out), list(into)
