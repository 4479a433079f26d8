"""Verbs of an appeal: raised, acknowledged, heard stage by stage, answered, followed up."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.journey import administers, lock_one, person, refuse, require
from assessments.appealing import (
    AppealFacts,
    adjudicator_refusals,
    candidate_refusals,
    closes_at_once,
    deciding_refusals,
    further_refusals,
    lapse_refusals,
    office_refusals,
)
from assessments.enums import READABLE, AppealAbout, AppealClosed, AppealOutcome, AppealStage, AppealState, UnitStatus
from assessments.models import IN_GENERAL, Appeal, AppealsProcedure, Days, Enrolment, Hearing, Mapping
from assessments.queries.appeal import Against, appealable, days_of, facts_of_appeal, involved_in, next_stage
from assessments.queries.enrolment import staff_name
from assessments.workflow import ITEM_FROZEN, UNIT_FINAL, UNIT_FROZEN
from portfolio import audit
from portfolio.actions.checks import refuse_invalid
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from portfolio.workdays import working_days_after

NOT_APPEALED = (UnitStatus.CLAIMED, *UNIT_FINAL)


@transaction.atomic
def set_appeals_procedure(*, centre: Centre, days: Days, by: User, at: datetime.datetime) -> AppealsProcedure:
    """Say which stages the centre's appeals have and how many working days each takes. What began keeps its days."""
    administers(by, centre, at)
    procedure = AppealsProcedure(
        centre=centre,
        assessor_days=days.assessor,
        verifier_days=days.verifier,
        centre_days=days.centre,
        awarding_body_days=days.awarding_body,
        answer_days=days.answer,
        set_by=by,
        set_at=at,
    )
    refuse_invalid(procedure)
    procedure.save()
    details: dict[str, JSON] = {"days": list(days)}
    audit.record(verb="set_appeals_procedure", by=by, at=at, subject=procedure, centre=centre, details=details)
    return procedure


@transaction.atomic
def raise_appeal(
    *,
    enrolment: Enrolment,
    against: Against | AppealAbout,
    grounds: str,
    by: User,
    at: datetime.datetime,
) -> Appeal:
    """The candidate disagrees with what was decided, or with how they were assessed. The first stage begins now.

    `against` is something that was decided, or what it is about where the grounds tell. The unit is not claimed until
    the appeal is closed. Raises Refusal where nothing of the kind was decided there.
    """
    grounds = require(grounds, "Say why you disagree.")
    enrolment = lock_one(enrolment)
    if by.pk != enrolment.candidate_user_id:
        raise Refusal(["Only the candidate can appeal against what was decided in their unit."])
    if sentences := raising_refusals(enrolment):
        raise Refusal(sentences)
    appeal = Appeal(enrolment=enrolment, grounds=grounds, raised_by=by, raised_at=at)
    if isinstance(against, Against):
        found = next((row for row in appealable(enrolment) if row.key == against.key), None)
        if found is None:
            raise Refusal(["Choose what you appeal against: the latest word on your evidence, where it is not met."])
        appeal.about, chosen = found.about, found.key
        appeal.decision_id, appeal.review_id, appeal.void_id = found.decision_id, found.review_id, found.void_id
    elif against in IN_GENERAL:
        appeal.about = chosen = against.value
    else:
        raise Refusal(["Choose what you appeal against."])
    appeal.save()
    stage, days = days_of(enrolment.centre_id).stages[0]
    _begin(appeal, 1, stage, days, at)
    Enrolment.objects.filter(pk=enrolment.pk).update(open_appeal=appeal)
    telling.of_appeal(appeal, "The candidate has appealed.", telling.office_of(enrolment, at), by, at)
    _told("raise_appeal", appeal, by, at, against=chosen)
    return appeal


def raising_refusals(enrolment: Enrolment) -> list[str]:
    """Why no appeal can be raised in the unit now, whatever it is against; empty when one can."""
    if enrolment.status in NOT_APPEALED:
        return [f"The unit is “{enrolment.get_status_display()}”: ask your centre about an appeal."]
    if enrolment.open_appeal_id:
        return [f"Appeal {enrolment.open_appeal_id} is open in this unit: another can follow once it is closed."]
    return []


@transaction.atomic
def acknowledge_appeal(*, appeal: Appeal, by: User, at: datetime.datetime) -> Appeal:
    """The centre tells the candidate that it has the appeal."""
    appeal, _, facts = _locked(appeal)
    refuse(office_refusals(person(by, appeal.enrolment.centre_id, at), facts, AppealState.RAISED))
    Appeal.objects.filter(pk=appeal.pk).update(acknowledged_at=at, acknowledged_by=by)
    telling.of_appeal(appeal, "Your centre has taken up your appeal.", [appeal.enrolment.candidate_user], by, at)
    return _told("acknowledge_appeal", appeal, by, at)


@transaction.atomic
def appoint_adjudicator(
    *, appeal: Appeal, adjudicator: User | None, name: str = "", by: User, at: datetime.datetime
) -> Appeal:
    """Name who hears the stage, and open the unit's record to them; `name` is of the awarding body's own person.

    Before it is decided, another may be appointed instead. Raises Refusal for somebody with a part in the unit.
    """
    appeal, hearing, facts = _locked(appeal, involved=True)
    centre_id = appeal.enrolment.centre_id
    refuse(office_refusals(person(by, centre_id, at), facts, AppealState.UNHEARD, AppealState.HEARING))
    if facts.stage == AppealStage.AWARDING_BODY:
        adjudicator, name = None, require(name, "Say who decides for the awarding body.")
    elif adjudicator is None:
        raise Refusal(["Choose who hears the appeal."])
    else:
        name = staff_name(adjudicator, centre_id)
        if sentences := adjudicator_refusals(person(adjudicator, centre_id, at), name, facts):
            raise Refusal(sentences)
    Hearing.objects.filter(pk=hearing.pk).update(
        adjudicator=adjudicator, adjudicator_name=name, appointed_at=at, appointed_by=by
    )
    Enrolment.objects.filter(pk=appeal.enrolment_id).update(adjudicator=adjudicator)
    telling.of_appeal(appeal, "You are to hear this appeal.", [adjudicator], by, at)
    return _told("appoint_adjudicator", appeal, by, at, adjudicator=adjudicator.pk if adjudicator else name)


@transaction.atomic
def decide_appeal(*, appeal: Appeal, outcome: str, finding: str, by: User, at: datetime.datetime) -> Appeal:
    """The adjudicator's word on the stage, with its finding to the candidate; the body's is recorded by the centre.

    What is not upheld is for the candidate to accept or take further, and closed where there is nowhere to take it.
    """
    finding = require(finding, "Say what you found: the candidate reads it.")
    appeal, hearing, facts = _locked(appeal, involved=True)
    refuse(deciding_refusals(person(by, appeal.enrolment.centre_id, at), facts))
    if outcome not in AppealOutcome.values:
        raise Refusal(["Choose the outcome."])
    centre, today = appeal.enrolment.centre, timezone.localdate(at)
    answer_by = working_days_after(today, days_of(centre.pk).answer, centre.country)
    Hearing.objects.filter(pk=hearing.pk).update(
        outcome=outcome, finding=finding, decided_at=at, decided_by=by, answer_by=answer_by
    )
    if closes_at_once(outcome, facts.next_stage):
        _close(appeal, AppealClosed.EXHAUSTED, at)
    telling.of_appeal(appeal, "Your appeal was decided.", [appeal.enrolment.candidate_user], by, at)
    return _told("decide_appeal", appeal, by, at, stage=hearing.stage, outcome=outcome)


@transaction.atomic
def accept_outcome(*, appeal: Appeal, by: User, at: datetime.datetime) -> Appeal:
    """The candidate accepts what was found. What was partly upheld is followed up next; else the appeal is closed."""
    appeal, hearing, facts = _locked(appeal)
    refuse(candidate_refusals(person(by, appeal.enrolment.centre_id, at), facts, AppealState.ANSWER))
    Appeal.objects.filter(pk=appeal.pk).update(accepted_at=at)
    if hearing.outcome == AppealOutcome.NOT_UPHELD:
        _close(appeal, AppealClosed.ACCEPTED, at)
    return _told("accept_outcome", appeal, by, at)


@transaction.atomic
def take_further(*, appeal: Appeal, by: User, at: datetime.datetime) -> Appeal:
    """The candidate takes the appeal to the next stage, which begins now, with an adjudicator of its own."""
    appeal, hearing, facts = _locked(appeal)
    refuse(further_refusals(person(by, appeal.enrolment.centre_id, at), facts, timezone.localdate(at)))
    following = next_stage(days_of(appeal.enrolment.centre_id), hearing.stage)
    if following is None:
        raise Refusal(["There is no further stage."])
    stage, days = following
    _begin(appeal, hearing.number + 1, stage, days, at)
    Enrolment.objects.filter(pk=appeal.enrolment_id).update(adjudicator=None)
    telling.of_appeal(appeal, "The candidate takes it further.", telling.office_of(appeal.enrolment, at), by, at)
    return _told("take_further", appeal, by, at, stage=stage.value)


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, by: User, at: datetime.datetime) -> Appeal:
    """The candidate lets the appeal go. It stays on record."""
    appeal, _, facts = _locked(appeal)
    still_open = (AppealState.RAISED, AppealState.UNHEARD, AppealState.HEARING, AppealState.ANSWER)
    refuse(candidate_refusals(person(by, appeal.enrolment.centre_id, at), facts, *still_open))
    _close(appeal, AppealClosed.WITHDRAWN, at)
    return _told("withdraw_appeal", appeal, by, at)


@transaction.atomic
def lapse_appeal(*, appeal: Appeal, by: User, at: datetime.datetime) -> Appeal:
    """Close an appeal that the candidate neither accepted nor took further in time.

    What was partly upheld is followed up all the same.
    """
    appeal, hearing, facts = _locked(appeal)
    refuse(lapse_refusals(person(by, appeal.enrolment.centre_id, at), facts, timezone.localdate(at)))
    if hearing.outcome == AppealOutcome.PARTLY:
        Appeal.objects.filter(pk=appeal.pk).update(accepted_at=at)
    else:
        _close(appeal, AppealClosed.LAPSED, at)
    return _told("lapse_appeal", appeal, by, at)


@transaction.atomic
def follow_up(*, appeal: Appeal, done: str, reassess: bool, by: User, at: datetime.datetime) -> Appeal:
    """Record what follows from an appeal that was upheld, and close it; to reassess, the item waits to be read again.

    Another assessor reads it then: the unit is opened and given to them first, each by its own verb. Raises Refusal
    with what is still to be done. Source: re-assessment by another assessor is an outcome (domain rule 59).
    """
    done = require(done, "Say what was done.")
    appeal, _, facts = _locked(appeal)
    refuse(office_refusals(person(by, appeal.enrolment.centre_id, at), facts, AppealState.FOLLOW_UP))
    if reassess:
        mappings = _to_read_again(appeal)
        if sentences := reassessment_refusals(appeal, mappings):
            raise Refusal(sentences)
        Mapping.objects.filter(pk__in=[row.pk for row in mappings], waiting_since=None).update(waiting_since=at)
    Appeal.objects.filter(pk=appeal.pk).update(
        follow_up=done, reassessed=reassess, followed_up_at=at, followed_up_by=by
    )
    _close(appeal, AppealClosed.FOLLOWED_UP, at)
    return _told("follow_up", appeal, by, at, reassessed=reassess)


def reassessment_refusals(appeal: Appeal, mappings: list[Mapping]) -> list[str]:
    """What is still to be done before the item can wait for another assessor; empty when nothing is."""
    enrolment, reading = appeal.enrolment, appeal.reading
    if reading is None:
        return ["The appeal is against no reading of an item, so none waits to be read again: say what was done."]
    sentences = []
    if enrolment.status != UnitStatus.COLLECTING:
        sentences.append(f"The unit is “{enrolment.get_status_display()}”: reopen it, or have it referred back, first.")
    if reading.assessor_id == enrolment.assessor_id:
        sentences.append(f"{reading.assessor_name} decided what was appealed: give the unit to another assessor first.")
    if enrolment.frozen_at:
        sentences.append(UNIT_FROZEN)
    elif any(mapping.evidence.frozen_at for mapping in mappings):
        sentences.append(ITEM_FROZEN)
    if not mappings:
        sentences.append(
            "The item was returned, or is not in force any more: once the candidate has handed it in again, it waits."
        )
    return sentences


def _to_read_again(appeal: Appeal) -> list[Mapping]:
    """The mappings that wait again: of the criterion decided, or of all the item shows in the unit."""
    if appeal.reading is None:
        return []
    found = Mapping.objects.filter(
        evidence=appeal.reading.version.evidence_id, enrolment=appeal.enrolment_id, taken_back_at=None
    )
    found = found.filter(evidence__versions__status__in=READABLE, evidence__versions__replaced_at=None).distinct()
    found = found.select_related("evidence")
    return list(found.filter(criterion=appeal.decision.criterion_id) if appeal.decision else found)


def _begin(appeal: Appeal, number: int, stage: AppealStage, days: int, at: datetime.datetime) -> Hearing:
    """The stage begins, and is due after so many working days of the centre's country."""
    due_on = working_days_after(timezone.localdate(at), days, appeal.enrolment.centre.country)
    return Hearing.objects.create(appeal=appeal, number=number, stage=stage, started_at=at, due_on=due_on)


def _close(appeal: Appeal, how: AppealClosed, at: datetime.datetime) -> None:
    Appeal.objects.filter(pk=appeal.pk).update(closed_at=at, closed_as=how)
    Enrolment.objects.filter(pk=appeal.enrolment_id).update(open_appeal=None, adjudicator=None)


def _locked(appeal: Appeal, *, involved: bool = False) -> tuple[Appeal, Hearing, AppealFacts]:
    """The appeal as it is once its unit is locked, its newest stage, and what refusals rest on."""
    enrolment = lock_one(appeal.enrolment)
    rows = Appeal.objects.select_related("decision__review__version", "review__version")
    found = rows.get(pk=appeal.pk)
    found.enrolment = enrolment
    hearings = list(found.hearings.order_by("number"))
    had_a_part = involved_in(enrolment, found.about) if involved else frozenset()
    return found, hearings[-1], facts_of_appeal(found, hearings, days_of(enrolment.centre_id), had_a_part)


def _told(verb: str, appeal: Appeal, by: User, at: datetime.datetime, **details: JSON) -> Appeal:
    centre = appeal.enrolment.centre
    audit.record(
        verb=verb, by=by, at=at, subject=appeal, centre=centre, details={"unit": appeal.enrolment_id, **details}
    )
    appeal.refresh_from_db()
    return appeal
