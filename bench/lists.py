"""Where to knock: the lists that leave as files, each with somebody who takes it away."""

from collections.abc import Iterable
from typing import Any

from bench.addresses import HEAVY, Page, page
from bench.subjects import Subjects
from portfolio.models import User
from portfolio.tables import CSV


def lists(found: Subjects) -> Iterable[Page]:
    """Every list of the house that has lines in a loaded centre."""
    for who, route, args in (*office_lists(found), *staff_lists(found)):
        name = route.partition(":")[2].replace("_", " ").capitalize()
        yield page(name, who, route, *args, CSV, most=HEAVY, measured=False)


Line = tuple[User, str, list[Any]]


def office_lists(found: Subjects) -> Iterable[Line]:
    me, slug = found.staffed.administrator, found.staffed.centre.slug
    yield me, "portfolio:people_file", [slug]
    yield me, "portfolio:staff_file", [slug]
    yield me, "portfolio:development_file", [slug, found.staffed.assessor.handle]
    yield me, "assessments:enrolments_file", [slug]
    yield me, "assessments:awards_file", []
    yield me, "assessments:retention_file", [slug]
    named = ("conflicts", "adjustments", "looks", "external_verifiers", "data_requests", "breaks", "holds", "claims")
    for name in named:
        yield me, f"assessments:{name}_file", [slug]
    yield me, "assessments:visit_looks_file", [found.external.access.pk]
    yield me, "assessments:forms_list_file", [slug]
    yield me, "assessments:to_claim_file", [slug, "ocr"]
    for name in ("appeals", "cases"):
        yield me, f"assessments:{name}_file", []
    for part in ("progress", "feedback", "feedback-weeks", "sampling", "due"):
        yield me, "assessments:overview_file", [slug, part]


def staff_lists(found: Subjects) -> Iterable[Line]:
    lead = found.staffed.lead
    yield found.staffed.assessor, "assessments:caseload_file", []
    yield found.external.access.grant.user, "assessments:external_units_file", []
    yield lead, "assessments:sampling_plan_file", [found.sampling_plan.pk]
    yield lead, "assessments:actions_file", [found.staffed.centre.slug]
    for name in ("units", "activities", "exercises", "meetings"):
        yield lead, f"assessments:{name}_file", []
