"""Asking the press for the documents of a portfolio: of an item, of a unit, of a plan, of all of it.

Each shows what the person who asks sees of the record, and says so in its facts (`covers`): the same facts are made
once, and fetched by nobody who sees less.
"""

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.db import models, transaction
from django.utils import timezone

from assessments.actions.journey import lock, lock_one
from assessments.documents.binder import (
    CONTENTS,
    PROFILE,
    SIGNATORIES,
    TITLE,
    WHOLE,
    WITNESSES,
    contents_sheet,
    profile_sheet,
    set_facts,
    signatories_sheet,
    title_sheet,
    witnesses_sheet,
)
from assessments.documents.items import FEEDBACK, RECORDS, TESTIMONY, feedback_sheet, record_sheet, testimony_sheet
from assessments.documents.plans import plan_sheet
from assessments.documents.sheets import Sheet, sheet_facts
from assessments.documents.units import INDEX, PROGRESS, index_sheet, progress_sheet, unit_feedback_sheet
from assessments.enums import EvidenceKind
from assessments.models import Enrolment
from assessments.queries.binder import (
    Binder,
    binder_of,
    contents_of,
    plans_in,
    profile_of,
    recorded_items,
    title_page,
    witnesses_in,
)
from assessments.queries.enrolment import person_at
from assessments.queries.item import ItemPage
from assessments.queries.papers import UnitPapers, head_of, readings_of_item, unit_papers
from assessments.queries.planning import PlanPage, plan_page
from assessments.queries.signatories import signatories_in
from portfolio import press
from portfolio.canonical import JSON
from portfolio.models import Centre, Document, User

RECORD = "assessor_record"
WITNESS = "witness_testimony"
ITEM_FEEDBACK = "item_feedback"
PLAN = "assessment_plan"
WHOLE_SET = "portfolio_set"
UNIT_FORMS: dict[str, str] = {
    "unit_progress": PROGRESS,
    "evidence_index": INDEX,
    "unit_feedback": FEEDBACK,
}
"""Documents of a unit, by kind."""
UNIT_SHEETS: dict[str, Callable[[UnitPapers], Sheet]] = {
    "unit_progress": progress_sheet,
    "evidence_index": index_sheet,
    "unit_feedback": unit_feedback_sheet,
}
BINDER_FORMS: dict[str, str] = {
    "title_page": TITLE,
    "contents": CONTENTS,
    "profile": PROFILE,
    "signatories": SIGNATORIES,
    "witnesses": WITNESSES,
}
"""Documents of a portfolio, by kind, in the order of the binder."""


# --- an item ---------------------------------------------------------------------------------------------------------


def item_documents(page: ItemPage) -> dict[str, str]:
    """What there is to be printed of an item, by kind; nothing before it was handed in."""
    if page.version.submitted_at is None or page.evidence.number is None:
        return {}
    witnessed = any(row.is_signed for row in page.testimonies)
    return documents_of(page.record.kind if page.record else "", witnessed=witnessed)


def documents_of(record: str, *, witnessed: bool) -> dict[str, str]:
    """The same of an item handed in: `record` is the kind of an assessor's record, or nothing."""
    found = {RECORD: RECORDS[EvidenceKind(record)]} if record else {}
    return {**found, **({WITNESS: TESTIMONY} if witnessed else {}), ITEM_FEEDBACK: FEEDBACK}


def ask_item_document(*, page: ItemPage, kind: str, by: User, at: datetime.datetime) -> Document:
    """A document of an item of evidence as this person sees it, among those there are."""
    if kind == RECORD and page.record:
        sheet = record_sheet(head_of(page), page.record)
    elif kind == WITNESS:
        sheet = testimony_sheet(head_of(page), page.testimonies)
    else:
        units = [unit.enrolment.pk for unit in page.units]
        sheet = feedback_sheet(page, readings_of_item(page.evidence, units))
    return asked(kind, sheet, page.evidence.centre, page.evidence, by, at)


# --- a unit, and its plans -------------------------------------------------------------------------------------------


@transaction.atomic
def ask_unit_document(*, enrolment: Enrolment, kind: str, by: User, at: datetime.datetime) -> Document:
    """A document of a unit as it stands. The unit is locked, so that its facts are those of one moment."""
    enrolment = lock_one(enrolment)
    sheet = UNIT_SHEETS[kind](unit_papers(enrolment))
    return asked(kind, sheet, enrolment.centre, enrolment, by, at)


def ask_plan(*, page: PlanPage, by: User, at: datetime.datetime) -> Document:
    """An assessment plan with its reviews, as it stands."""
    return asked(PLAN, plan_sheet(page), page.plan.centre, page.plan, by, at)


# --- all of it -------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_binder_document(*, binder: Binder, kind: str, by: User, at: datetime.datetime) -> Document:
    """A document of the portfolio, of the units that the person sees, as they stand.

    Raises CandidateRecord.DoesNotExist where they see nothing of it any more.
    """
    binder = as_it_stands(binder, by)
    candidate = binder.candidate
    return asked(kind, binder_sheet_of(binder, kind, by, at), candidate.centre, candidate, by, at)


@transaction.atomic
def ask_whole(*, binder: Binder, by: User, at: datetime.datetime) -> Document:
    """Every document of the portfolio in one: title page, contents, people, unit by unit, then what was recorded.

    Raises CandidateRecord.DoesNotExist where they see nothing of it any more.
    """
    binder = as_it_stands(binder, by)
    candidate = binder.candidate
    return press.ask(
        centre=candidate.centre,
        kind=WHOLE_SET,
        facts=set_facts(binder, whole(binder, by, at)),
        subject=candidate,
        file_name=f"{WHOLE} {candidate.legal_name}.pdf",
        issued=False,
        by=by,
        at=at,
    )


def as_it_stands(binder: Binder, by: User) -> Binder:
    """The portfolio read again with its units locked, so that its facts are those of one moment."""
    lock(binder.ids)
    fresh = binder_of(by, binder.candidate.centre.slug, binder.candidate.user.handle)
    return replace(fresh, units=[unit for unit in fresh.units if unit.pk in binder.ids])


def whole(binder: Binder, by: User, at: datetime.datetime) -> list[Sheet]:
    """The sheets of a portfolio in the order of the binder."""
    sheets = [binder_sheet_of(binder, kind, by, at) for kind in BINDER_FORMS]
    day, plans, printed = timezone.localdate(at), plans_in(binder, by), set()
    for unit in binder.units:
        for plan in plans.get(unit.pk, []):
            if plan.pk not in printed:
                printed.add(plan.pk)
                sheets.append(plan_sheet(plan_page(by, plan.pk, partial(person_at, by, day=day), day)))
        papers = unit_papers(unit)
        sheets += [sheet(papers) for sheet in UNIT_SHEETS.values()]
    for item in recorded_items(binder):
        if item.record:
            sheets.append(record_sheet(item.head, item.record))
        if item.testimonies:
            sheets.append(testimony_sheet(item.head, item.testimonies))
    return sheets


def binder_sheet_of(binder: Binder, kind: str, by: User, at: datetime.datetime) -> Sheet:
    """A document of the portfolio, by its kind."""
    match kind:
        case "title_page":
            return title_sheet(title_page(binder, timezone.localdate(at)))
        case "profile":
            return profile_sheet(binder, profile_of(binder))
        case "contents":
            return contents_sheet(contents_of(binder, by))
        case "signatories":
            return signatories_sheet(binder, signatories_in(binder.ids, binder.candidate.centre_id))
        case "witnesses":
            return witnesses_sheet(binder, witnesses_in(binder))
    raise KeyError(kind)


def asked(kind: str, sheet: Sheet, centre: Centre, subject: models.Model, by: User, at: datetime.datetime) -> Document:
    """The sheet, from the press. The centre is named at the foot once, also where the sheet is the centre's own."""
    facts: dict[str, JSON] = sheet_facts(sheet, *({str(centre)} - {sheet.candidate}))
    name = " ".join((sheet.form, sheet.stamp.replace(",", ""), sheet.candidate))
    return press.ask(
        centre=centre, kind=kind, facts=facts, subject=subject, file_name=f"{name}.pdf", issued=False, by=by, at=at
    )
