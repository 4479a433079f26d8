"""Where to knock: the pages of the house, each with somebody it opens for and a record that shows much."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from assessments.enums import Verb
from assessments.models import Action, EvidenceFile, Sample
from assessments.workflow import UNIT_STEPS
from bench.external import external_lines
from bench.people_pages import people_lines
from bench.plan import UNITS, Stage
from bench.subjects import Subjects
from portfolio.models import RoleGrant, User

HEAVY, LIGHT = 5, 3
"""How many bare pages a page may cost the server: a matrix or a form, and every other page."""
MAIN_FROM_OUTSIDE = {"External verifier's home": LIGHT, "Work to look at": LIGHT}
MOST_REASSIGNED = 40
MATRIX_QUERIES, PAGE_QUERIES = 12, 15


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and what it may cost. `measured`: one of the main pages, whose time is taken."""

    name: str
    route: str
    who: User
    address: str
    most: int = LIGHT
    queries: int = PAGE_QUERIES
    measured: bool = True


def pages(found: Subjects) -> list[Page]:
    """Every page of the house that shows records."""
    return [
        *candidates_pages(found),
        *unit_pages(found),
        *assessors_pages(found),
        *plans_pages(found),
        *consistency_pages(found),
        *verifiers_pages(found),
        *quality_pages(found),
        *office_pages(found),
        *awards_pages(found),
        *external_pages(found),
        *verb_pages(found),
    ]


def plans_pages(found: Subjects) -> Iterable[Page]:
    me, candidate, plans = found.staffed.assessor, found.candidate.user, found.plans
    activity, review = plans.agreed.activities.earliest("pk"), plans.agreed.reviews.latest("pk")
    bounds: dict[str, Any] = {"most": HEAVY, "measured": False}
    yield page("Plan", candidate, "assessments:plan", plans.agreed.pk, most=HEAVY)
    yield page("Plan, as its assessor", me, "assessments:plan", plans.agreed.pk, **bounds)
    yield page("Plans", me, "assessments:plans")
    yield page("Plans of a unit", me, "assessments:unit_plans", found.begun.pk, measured=False)
    yield page("Begin a plan", me, "assessments:start_plan", found.begun.pk, **bounds)
    yield page("What a plan is for", me, "assessments:edit_plan", plans.written.pk, **bounds)
    yield page("Add an activity", me, "assessments:add_activity", plans.written.pk, **bounds)
    written = plans.written.activities.earliest("pk").pk
    yield page("Change an activity", me, "assessments:edit_activity", written, **bounds)
    yield page("Propose a plan", me, "assessments:propose_plan", plans.written.pk, **bounds)
    yield page("Send a plan back", candidate, "assessments:return_plan", plans.proposed.pk, **bounds)
    yield page("Agree a plan", candidate, "assessments:agree_plan", plans.proposed.pk, **bounds)
    yield page("Close a plan", me, "assessments:close_plan", plans.agreed.pk, **bounds)
    yield page("Put evidence to an activity", candidate, "assessments:link_activity", activity.pk, **bounds)
    yield page("Record a review", me, "assessments:hold_review", plans.agreed.pk, **bounds)
    yield page("Sign a review", candidate, "assessments:agree_review", review.pk, **bounds)


def consistency_pages(found: Subjects) -> Iterable[Page]:
    me, slug = found.staffed.administrator, found.staffed.centre.slug
    unit, rule = [slug, UNITS[0], 1], found.plans.rule
    bounds: dict[str, Any] = {"most": HEAVY, "measured": False}
    yield page("Consistency", me, "assessments:centre_consistency", slug, **bounds)
    yield page("Consistency of a unit", me, "assessments:unit_consistency", *unit, **bounds)
    yield page("Ask for it in a unit", me, "assessments:set_unit_consistency", *unit, **bounds)
    yield page("Ask for it of a body", me, "assessments:set_body_consistency", slug, "ocr", **bounds)
    yield page("Consistency of a candidate", me, "assessments:candidate_consistency", found.begun.pk, **bounds)
    yield page("Ask for it of a candidate", me, "assessments:set_candidate_consistency", found.begun.pk, **bounds)
    yield page("End a rule", me, "assessments:end_consistency", rule.pk, **bounds)


def page(name: str, who: User, route: str, *args: Any, query: str = "", **bounds: Any) -> Page:
    return Page(name, route, who, reverse(route, args=args) + query, **bounds)


def candidates_pages(found: Subjects) -> Iterable[Page]:
    me, item = found.candidate.user, found.read.evidence_id
    yield page("Candidate's home", me, "assessments:candidate_home")
    yield page("Add evidence", me, "assessments:add_evidence", most=HEAVY)
    yield page("Edit a draft", me, "assessments:edit_evidence", found.draft.evidence_id, most=HEAVY)
    yield page("Evidence", me, "assessments:evidence", item)
    of_second, theirs = found.second.evidence_id, found.at[Stage.BUSY].candidate_user
    yield page("Evidence in its second version", theirs, "assessments:evidence", of_second, measured=False)
    yield page("Map to criteria", me, "assessments:map_evidence", item, most=HEAVY)
    yield page("Hand in", me, "assessments:submit_evidence", found.draft.evidence_id, measured=False)
    yield page("Withdraw a draft", me, "assessments:withdraw_evidence", found.draft.evidence_id, measured=False)
    yield page("Appeal", me, "assessments:raise_appeal", found.begun.pk, most=HEAVY, measured=False)
    slug = found.staffed.centre.slug
    yield page("Documents of a portfolio", me, "assessments:documents", slug, me.handle)
    yield page("My profile", me, "assessments:profile", slug, measured=False)
    yield page("Document", me, "portfolio:document", found.document.pk)
    yield page("Units", me, "units:list")
    yield page("Search, as a candidate", me, "assessments:search", query="?q=call")
    yield page("Specification", me, "units:unit", UNITS[0], 1)


def unit_pages(found: Subjects) -> Iterable[Page]:
    me, verified = found.candidate.user, found.at[Stage.VERIFIED]
    bounds: dict[str, Any] = {"most": HEAVY, "queries": MATRIX_QUERIES}
    yield page("Unit as matrix", me, "assessments:enrolment", found.begun.pk, query="?view=matrix", **bounds)
    yield page("Unit by criterion", me, "assessments:enrolment", found.begun.pk, query="?view=criteria")
    yield page("Unit by evidence", me, "assessments:enrolment", found.begun.pk, query="?view=evidence")
    yield page("Verified unit as matrix", verified.verifier, "assessments:enrolment", verified.pk, **bounds)


def assessors_pages(found: Subjects) -> Iterable[Page]:
    me, file = found.staffed.assessor, EvidenceFile.objects.filter(version=found.read)[0]
    yield page("Queue", me, "assessments:queue")
    yield page("Search", me, "assessments:search", query="?q=call")
    yield page("Specification, with what was agreed", me, "units:unit", UNITS[0], 1, measured=False)
    yield page("Caseload", me, "assessments:caseload")
    yield page("Caseload, longest waiting", me, "assessments:caseload", query="?sort=waiting&waiting_days=1")
    yield page("Caseload, behind target", me, "assessments:caseload", query="?sort=pace&pace=behind")
    yield page("Own conflicts", me, "assessments:own_conflicts", measured=False)
    yield page("Declare a conflict", me, "assessments:declare_own_conflict", found.staffed.centre.slug, most=HEAVY)
    yield page("News", me, "portfolio:news")
    yield page("What I am told", me, "portfolio:telling", measured=False)
    yield page("Judge", me, "assessments:judge", found.waiting.pk, most=HEAVY)
    yield page("Judge again", me, "assessments:judge", found.read.pk, most=HEAVY)
    yield page("Records", me, "assessments:records")
    yield page("New record", me, "assessments:new_record", found.begun.pk, measured=False)
    yield page("Write a record", me, "assessments:write_record", found.begun.pk, "questions", most=HEAVY)
    yield page("Question sets", me, "assessments:question_sets", measured=False)
    yield page("New question set", me, "assessments:write_set", found.staffed.centre.slug, measured=False)
    yield page("Evidence, as its assessor", me, "assessments:evidence", found.read.evidence_id)
    second = found.second
    yield page("Second version, as its assessor", me, "assessments:evidence", second.evidence_id, measured=False)
    yield page("Judge a second version", me, "assessments:judge", second.pk, most=HEAVY, measured=False)
    yield page("Map a second version", me, "assessments:map_evidence", second.evidence_id, most=HEAVY, measured=False)
    yield page("Quarantine a file", me, "assessments:quarantine_file", file.pk, measured=False)
    yield page("Release a file", me, "assessments:release_file", file.pk, measured=False)
    yield page("Redact a file", me, "assessments:redact_file", file.pk, measured=False)


def verifiers_pages(found: Subjects) -> Iterable[Page]:
    me = found.staffed.verifier
    chosen, agreed = found.at[Stage.BEING_SAMPLED], found.at[Stage.COUNTERSIGNED]
    action = Action.objects.get(enrolment=found.at[Stage.ACTION_RAISED])
    sample = Sample.objects.get(enrolment=chosen)
    cc32 = found.candidate.enrolments.get(unit__key="ocr-cc32")

    slug, lead = found.staffed.centre.slug, found.staffed.lead
    plan = found.sampling_plan.pk
    cell = found.sampling_plan.cells.filter(removed_at=None, samples=None)[0]
    yield page("Strategy", lead, "assessments:centre_strategy", slug)
    yield page("Report and action log", lead, "assessments:verification_papers", slug, most=HEAVY, measured=False)
    yield page("Sampling plan", lead, "assessments:sampling_plan", found.sampling_plan.pk)
    yield page("Units left out", lead, "assessments:sampling_plan", found.sampling_plan.pk, query="?show=left-out")
    yield page("Sampling grid", lead, "assessments:grid", plan, most=HEAVY, queries=MATRIX_QUERIES)
    yield page("Sampling grid, what is open", lead, "assessments:grid", plan, query="?only_open=yes", most=HEAVY)
    yield page("Hand a plan over", lead, "assessments:hand_over_plan", plan, most=HEAVY, measured=False)
    yield page("Coverage", lead, "assessments:coverage", plan, most=HEAVY, measured=False)
    for name, route, args in (
        ("Set the strategy", "assessments:sampling_policy", [slug, "ocr"]),
        ("Agree the strategy", "assessments:agree_policy", [found.sampling_plan.policy_id]),
        ("Rate risk", "assessments:rate_risk", [slug, "assessor", found.staffed.assessor.pk]),
        ("Draw a plan", "assessments:draw_plan", [slug, "ocr"]),
        ("Add to a plan", "assessments:add_cell", [found.sampling_plan.pk]),
        ("Take out of a plan", "assessments:remove_cell", [cell.pk]),
    ):
        yield page(name, lead, route, *args, most=HEAVY, measured=False)
    yield page("Sampling", me, "assessments:sampling")
    yield page("Units verified", me, "assessments:units_verified")
    yield page("Sample", me, "assessments:sample", sample.pk, most=HEAVY)
    yield page("Choose for sampling", me, "assessments:plan_sample", agreed.pk, most=HEAVY, measured=False)
    yield page("Leave unsampled", me, "assessments:leave_unsampled", agreed.pk, most=HEAVY, measured=False)
    yield page("Drop a sample", me, "assessments:drop_sample", sample.pk, most=HEAVY, measured=False)
    yield page("Approve a simulation", me, "assessments:approve_simulation", cc32.pk, most=HEAVY, measured=False)
    yield page("Action", me, "assessments:action", action.pk, measured=False)


def quality_pages(found: Subjects) -> Iterable[Page]:
    lead, me, slug, made = found.staffed.lead, found.staffed.verifier, found.staffed.centre.slug, found.quality
    unit = f"?unit={found.begun.unit_id}"
    bounds: dict[str, Any] = {"most": HEAVY, "measured": False}
    yield page("Questions of samples", lead, "assessments:sample_questions", slug, **bounds)
    yield page("Set a body's questions", lead, "assessments:set_body_questions", slug, "ocr", **bounds)
    yield page("Set a unit's questions", lead, "assessments:set_unit_questions", slug, UNITS[0], 1, **bounds)
    yield page("Activities", me, "assessments:activities")
    yield page("Plan an activity", me, "assessments:plan_activity", slug, **bounds)
    yield page("Record an activity", me, "assessments:activity", made.planned.pk, **bounds)
    yield page("Activity", found.staffed.assessor, "assessments:activity", made.done.pk, **bounds)
    yield page("Drop an activity", me, "assessments:drop_activity", made.planned.pk, **bounds)
    yield page("Ask after an activity", me, "assessments:ask_after_activity", made.done.pk, **bounds)
    yield page("Record a meeting", me, "assessments:hold_meeting", slug, **bounds)
    yield page("Meeting", me, "assessments:meeting", made.meeting.pk, **bounds)
    yield page("Ask in a meeting", me, "assessments:ask_in_meeting", made.meeting.pk, **bounds)
    yield page("Action of a centre", me, "assessments:centre_action", made.done.actions.get().pk, **bounds)
    yield page("Standardisation", me, "assessments:standardisation")
    yield page("Set an exercise", me, "assessments:set_exercise", slug, query=unit, **bounds)
    yield page("Judge in an exercise", found.staffed.assessor, "assessments:exercise", made.asked.pk, **bounds)
    yield page("Exercise", me, "assessments:exercise", made.closed.pk, most=HEAVY)
    criterion = made.closed.criteria.all()[0].criterion_id
    yield page("Record what was agreed", me, "assessments:agree_outcome", made.closed.pk, criterion, **bounds)


def external_pages(found: Subjects) -> Iterable[Page]:
    signed = found.at[Stage.COUNTERSIGNED]
    for name, who, route, args in external_lines(
        found.external, found.staffed, found.candidate, signed, found.sampling_plan
    ):
        most = MAIN_FROM_OUTSIDE.get(name)
        yield page(name, who, route, *args, most=most or HEAVY, measured=bool(most))


def office_pages(found: Subjects) -> Iterable[Page]:
    me, slug = found.staffed.administrator, found.staffed.centre.slug
    somebody, grant = found.candidate.user.handle, RoleGrant.objects.get(user=found.candidate.user)
    asha = found.staffed.assessor
    signed = found.at[Stage.VERIFIED].pk
    name = found.candidate.legal_name.rpartition(" ")[2]
    yield page("Search for a person, as the office", me, "assessments:search", query=f"?q={name}")
    yield page("Search for what nobody wrote", me, "assessments:search", query="?q=zymurgy")
    yield page("People", me, "portfolio:centre_people", slug)
    yield page("Person", me, "portfolio:person", slug, somebody)
    yield page("Enrolments", me, "assessments:centre_enrolments", slug)
    yield page("Enrolments, least accepted", me, "assessments:centre_enrolments", slug, query="?sort=progress")
    yield page("Overview", me, "assessments:centre_overview", slug)
    yield page("Overview: feedback", me, "assessments:overview_feedback", slug)
    yield page("Overview: sampling", me, "assessments:overview_sampling", slug)
    yield page("Overview: what falls due", me, "assessments:overview_due", slug, most=HEAVY)
    yield page("Overview, by assessor", me, "assessments:centre_overview", slug, query="?by=assessor", measured=False)
    yield page("Audit book", me, "assessments:book", slug)
    yield page("Audit book of a unit", me, "assessments:book", slug, query=f"?unit={signed}")
    yield page("Who looked", me, "assessments:looks", slug, measured=False)
    yield page("Conflicts", me, "assessments:conflicts", slug, measured=False)
    yield page("Enrol", me, "assessments:enrol", slug, most=HEAVY)
    yield page("Forms", me, "assessments:centre_forms", slug, most=HEAVY)
    yield page("Declarations", me, "assessments:declarations", slug, measured=False)
    words = (slug, "ocr", "authentic-centre")
    yield page("New words", me, "assessments:write_wording", *words, most=HEAVY, measured=False)
    yield page("Forms made before", me, "assessments:form_batches", slug, measured=False)
    yield page("Declare authentic", me, "assessments:authenticate", signed, most=HEAVY)
    yield page("Approvals", me, "assessments:approvals", slug)
    yield page("Appeals", me, "assessments:appeals")
    yield page("Cases", me, "assessments:cases")
    yield page("Adjustments", me, "assessments:adjustments", slug)
    yield page("Transfers", me, "assessments:transfers", slug, somebody, measured=False)
    yield page("Transfer to another centre", me, "assessments:transfer_out", slug, somebody, most=HEAVY, measured=False)
    yield page("Transfer from another centre", me, "assessments:transfer_in", slug, somebody, measured=False)
    yield page("Breaks in learning", me, "assessments:breaks", slug, measured=False)
    yield page("Break in learning", me, "assessments:learning_break", slug, somebody, most=HEAVY, measured=False)
    for name, route, args in (
        ("Add a candidate", "portfolio:add_candidate", [slug]),
        ("Add staff", "portfolio:add_staff", [slug]),
        ("Correct a candidate", "portfolio:edit_candidate", [slug, somebody]),
        ("Correct staff", "portfolio:edit_staff", [slug, asha.handle]),
        ("Grant a role", "portfolio:grant_role", [slug, asha.handle]),
        ("End a role", "portfolio:end_role", [slug, somebody, grant.pk]),
        ("Add a qualification", "portfolio:add_qualification", [slug, asha.handle]),
        ("Allocate", "assessments:allocate", [found.begun.pk, "assessor"]),
        ("Record a conflict", "assessments:record_conflict", [slug]),
        ("End a conflict", "assessments:end_conflict", [found.conflict.pk]),
        ("Approval", "assessments:approval", [slug, "ocr"]),
        ("Settings", "portfolio:centre_settings", [slug]),
        ("Privacy notice", "portfolio:set_privacy_notice", [slug]),
        ("Requests for data", "assessments:centre_data_requests", [slug]),
        ("A request for data", "assessments:record_data_request", [slug]),
        ("Privacy", "assessments:privacy", []),
        ("Arrange an adjustment", "assessments:arrange_adjustment", [slug]),
        ("Appeals procedure", "assessments:appeals_procedure", [slug]),
        ("Open a case", "assessments:open_case", [slug]),
        ("Approval of the form", "assessments:form_approval", [slug, "ocr"]),
        ("Direct claim status", "assessments:direct_claim", [slug, "ocr"]),
    ):
        yield page(name, me, route, *args, most=HEAVY, measured=False)
    for name, who, route, args in people_lines(found.staffed, found.candidate):
        yield page(name, who, route, *args, most=HEAVY, measured=False)
    chosen = "&".join(f"chosen={row.pk}" for row in found.staffed.centre.enrolments.order_by("pk")[:MOST_REASSIGNED])
    to_whom = f"?part=assessor&assessor={found.staffed.trainee.handle}&{chosen}"
    yield page("Cohort", me, "assessments:cohort", slug, query="?all=1", most=HEAVY, measured=False)
    yield page("Reassign", me, "assessments:reassign", slug, query=to_whom, most=HEAVY, measured=False)


def awards_pages(found: Subjects) -> Iterable[Page]:
    me, slug, made = found.staffed.administrator, found.staffed.centre.slug, found.awards
    award, draft = (made.award.key, made.award.version), (made.draft.key, made.draft.version)
    bounds: dict[str, Any] = {"most": HEAVY, "measured": False}
    yield page("Qualifications", me, "units:qualifications", measured=False)
    yield page("Qualification", me, "units:qualification", *award)
    yield page("Write a qualification down", me, "units:new_qualification", slug, **bounds)
    yield page("Correct a qualification", me, "units:edit_qualification", *draft, **bounds)
    yield page("Units of a qualification", me, "units:qualification_structure", *draft, **bounds)
    yield page("Publish a qualification", me, "units:publish_qualification", *draft, **bounds)
    yield page("Whole awards", me, "assessments:awards")
    yield page("Register for an award", me, "assessments:register", slug, **bounds)
    of_registration = made.registration.pk
    yield page("Award", found.candidate.user, "assessments:award", of_registration)
    yield page("Correct a registration", me, "assessments:correct_registration", of_registration, **bounds)
    yield page("End a registration", me, "assessments:end_registration", of_registration, **bounds)
    yield page("Claims", me, "assessments:centre_claims", slug)
    yield page("Archives", me, "assessments:centre_archives", slug)
    yield page("Claim at once", me, "assessments:make_claims", slug, "ocr", most=HEAVY)
    what = f"?what={made.award.pk}"
    yield page("Claim awards", me, "assessments:make_claims", slug, "ocr", query=what, **bounds)
    for name in ("centre_retention", "try_destruction", "hold_record", "retention_schedule", "legal_holds"):
        yield page(name, me, f"assessments:{name}", slug, **bounds)
    yield page("Rule of keeping", me, "assessments:set_keeping", slug, "ocr", "files", **bounds)
    yield page("New version of a qualification", me, "units:new_version", *award, **bounds)


MEASURED_VERBS = (Verb.DECLARE, Verb.SIGN_OFF, Verb.COUNTERSIGN, Verb.VERIFY)


def verb_pages(found: Subjects) -> Iterable[Page]:
    """The page of every verb on a unit that stands where it can be done, for somebody whose turn it is."""
    staffed = found.staffed
    for verb, stage, who in (
        (Verb.DECLARE, Stage.READY, None),
        (Verb.REFER, Stage.DECLARED, staffed.assessor),
        (Verb.SIGN_OFF, Stage.DECLARED, staffed.assessor),
        (Verb.COUNTERSIGN, Stage.AWAITING_COUNTERSIGNATURE, staffed.assessor),
        (Verb.HAND_BACK, Stage.AWAITING_COUNTERSIGNATURE, staffed.assessor),
        (Verb.VERIFY, Stage.VERIFIED, staffed.verifier),
        (Verb.SEND_BACK, Stage.VERIFIED, staffed.verifier),
        (Verb.CLAIM, Stage.VERIFIED, staffed.administrator),
        (Verb.SUSPEND, Stage.BUSY, staffed.administrator),
        (Verb.WITHDRAW, Stage.BUSY, staffed.administrator),
        (Verb.REOPEN, Stage.VERIFIED, staffed.administrator),
    ):
        unit = found.at[stage]
        yield page(
            UNIT_STEPS[verb].phrase.capitalize(),
            who or unit.candidate_user,
            f"assessments:{verb}",
            unit.pk,
            most=HEAVY,
            measured=verb in MEASURED_VERBS,
        )
