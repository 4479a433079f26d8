"""Who looks at which page of the demonstration: every address of the product, once for each kind of reader.

A page without a visit here fails `test_every_page_is_visited`, so none can be forgotten.
"""

from assessments.demo import witnesses
from assessments.demo.centre import DOMAIN, SLUG
from assessments.enums import RECORDED, ItemStatus, SetStatus
from assessments.models import (
    Action,
    Alarm,
    AssessorRecord,
    EvidenceFile,
    EvidenceVersion,
    Interest,
    PlannedCell,
    QuestionSet,
    Sample,
    SamplingPlan,
    SamplingPolicy,
    Testimony,
)
from assessments.queries.widening import open_findings
from assessments.tests.browser.visiting import NOBODY, SECOND, Visit, Where, centre, person, unit
from assessments.tests.browser.visits_of_awards import AWARDS
from assessments.tests.browser.visits_of_cases import APPEALS, CASES
from assessments.tests.browser.visits_of_external import EXTERNAL
from assessments.tests.browser.visits_of_people import PEOPLE
from assessments.tests.browser.visits_of_plans import PLANS
from assessments.tests.browser.visits_of_quality import QUALITY
from assessments.tests.browser.visits_of_units import UNITS
from portfolio import digest
from portfolio.invitation import Invitation, link_to
from portfolio.models import Document, RoleGrant, StaffQualification, User

# --- what stands in an address ---------------------------------------------------------------------------------------


def sampling_plan(*, adopted: bool) -> Where:
    return lambda: [SamplingPlan.objects.get(adopted_at__isnull=not adopted).pk]


def finding() -> list[object]:
    sample = open_findings().earliest("pk")
    return [sample.plan_id, sample.pk]  # type: ignore[attr-defined]  # annotated there


def version(candidate: str, status: ItemStatus) -> EvidenceVersion:
    found = EvidenceVersion.objects.filter(evidence__candidate__user=person(candidate), status=status)
    return found.order_by("pk")[0]


def item(candidate: str, status: ItemStatus) -> Where:
    return lambda: [version(candidate, status).evidence_id]


def reading(candidate: str, status: ItemStatus) -> Where:
    return lambda: [version(candidate, status).pk]


def file_of(candidate: str, status: ItemStatus) -> Where:
    return lambda: [EvidenceFile.objects.filter(version=version(candidate, status))[0].pk]


def testimony(*, signed: bool) -> Where:
    return lambda: [Testimony.objects.get(signature__isnull=not signed).version.evidence_id]


def read_testimony() -> list[object]:
    return [Testimony.objects.exclude(signature=None).get().version_id]


def witness_link() -> list[object]:
    return [witnesses.token_of(Testimony.objects.get(signature=None))]


def record(*, acknowledged: bool) -> Where:
    answered = AssessorRecord.objects.filter(acknowledgements__agreed=True)
    rows = answered if acknowledged else AssessorRecord.objects.exclude(pk__in=answered)
    return lambda: [rows.get().version.evidence_id]


def record_to_judge() -> list[object]:
    return [AssessorRecord.objects.exclude(acknowledgements__agreed=True).get().version_id]


def question_set(status: SetStatus) -> Where:
    return lambda: [QuestionSet.objects.get(status=status).pk]


def sample(candidate: str) -> Where:
    return lambda: [Sample.objects.filter(enrolment__candidate__user=person(candidate)).earliest("pk").pk]


def action(candidate: str) -> Where:
    return lambda: [Action.objects.filter(enrolment__candidate__user=person(candidate)).earliest("pk").pk]


def handle(name: str) -> Where:
    return lambda: [SLUG, person(name).handle]


def grant(name: str) -> Where:
    return lambda: [SLUG, person(name).handle, RoleGrant.objects.filter(user=person(name))[0].pk]


def working_towards(name: str) -> Where:
    award = StaffQualification.objects.filter(staff__user__email=f"{name}@{DOMAIN}", achieved_on=None)
    return lambda: [SLUG, person(name).handle, award.get().pk]


def conflict() -> list[object]:
    return [Interest.objects.get(ended_at=None).pk]


def document() -> list[object]:
    return [Document.objects.latest("pk").pk]


def stop_link() -> list[object]:
    return [digest.stop_link(person("sian")).rstrip("/").rsplit("/", 1)[1]]


def invitation() -> list[object]:
    """Of the newcomer at the second centre."""
    invited = User.objects.get(email=f"mair@{DOMAIN}")
    centre = RoleGrant.objects.select_related("centre").get(user=invited).centre
    return [link_to(Invitation(invited, centre)).rstrip("/").rsplit("/", 1)[1]]


# --- the visits ------------------------------------------------------------------------------------------------------

I = ItemStatus  # noqa: E741  # read as a table

ENTRANCE = [
    Visit(NOBODY, "account_login"),
    Visit(NOBODY, "account_signup"),
    Visit(NOBODY, "account_reset_password"),
    Visit(NOBODY, "account_reset_password_done"),
    Visit(NOBODY, "account_reset_password_from_key_done"),
    Visit(NOBODY, "account_inactive"),
    Visit(NOBODY, "portfolio:invitation", invitation),
    Visit(NOBODY, "portfolio:invitation", lambda: ["void"], about="void", status=404),
    Visit("nia", "home", about="several-roles"),
    Visit("sian", "account_change_password"),
    Visit("sian", "account_reauthenticate"),
    Visit("sian", "mfa_index"),
    Visit(NOBODY, "assessments:offline"),
    Visit("sian", "account_logout"),
    Visit("dylan", "portfolio:news"),
    Visit("owen", "portfolio:news", about="empty"),
    Visit("sian", "portfolio:telling"),
    Visit("nia", "portfolio:telling", about="several-roles"),
    Visit(NOBODY, "portfolio:stop_digest", stop_link),
]
CANDIDATE = [
    Visit("sian", "assessments:candidate_home"),
    Visit("owen", "assessments:candidate_home", about="empty"),
    Visit("sian", "assessments:documents", handle("sian")),
    Visit("dylan", "assessments:documents", handle("sian"), about="as-assessor"),
    Visit("sian", "assessments:profile", lambda: [SLUG]),
    Visit("owen", "assessments:add_evidence", about="no-units"),
    Visit("sian", "assessments:add_evidence"),
    Visit("nia", "assessments:add_evidence", about="which-centre"),
    *(
        Visit("sian", "assessments:evidence", item("sian", status), about=status)
        for status in I
        if status != I.WITHDRAWN
    ),
    Visit("sian", "assessments:edit_evidence", item("sian", I.DRAFT)),
    Visit("sian", "assessments:submit_evidence", item("sian", I.DRAFT)),
    Visit("sian", "assessments:add_evidence", query="?kind=witness_testimony", about="witness"),
    Visit("sian", "assessments:evidence", testimony(signed=True), about="testimony"),
    Visit("sian", "assessments:evidence", testimony(signed=False), about="asked"),
    Visit("sian", "assessments:ask_witness", testimony(signed=False)),
    Visit(NOBODY, "assessments:witness", witness_link),
    Visit(NOBODY, "assessments:witness", lambda: ["forged"], about="void", status=404),
    Visit("sian", "assessments:acknowledge", record(acknowledged=False)),
    Visit("sian", "assessments:acknowledge", record(acknowledged=True), about="done"),
    Visit("sian", "assessments:evidence", record(acknowledged=True), about="record"),
    Visit("sian", "assessments:map_evidence", item("sian", I.REVIEWED)),
    Visit("sian", "assessments:withdraw_evidence", item("sian", I.DRAFT)),
    *(
        Visit("sian", "assessments:enrolment", unit("sian", "ocr-cc16"), f"?view={view}", view)
        for view in ("matrix", "criteria", "evidence")
    ),
    Visit("sian", "assessments:enrolment", unit("sian", "ocr-cc32"), "?view=matrix", "empty"),
    Visit("hannah", "assessments:enrolment", unit("hannah", "ocr-d20"), "?view=matrix", "suspended"),
    Visit("grace", "assessments:enrolment", unit("grace", "ocr-cc16"), "?view=matrix", "certificated"),
    Visit("sian", "assessments:declare", unit("sian", "ocr-cc16"), about="refused"),
    Visit("ruairidh", "assessments:declare", unit("ruairidh", "sqa-h12e04")),
    Visit("sian", "assessments:withdraw", unit("sian", "ocr-cc16")),
]
ASSESSOR = [
    Visit("dylan", "assessments:queue"),
    Visit("nia", "assessments:queue", about="empty"),
    Visit("dylan", "assessments:caseload"),
    Visit("nia", "assessments:caseload", about="empty"),
    Visit("dylan", "assessments:caseload", query="?pace=behind&sort=pace", about="behind"),
    Visit("dylan", "assessments:caseload", query="?search=nobody&waiting_days=x", about="none-found"),
    Visit("dylan", "assessments:worked_out"),
    Visit("zofia", "assessments:own_conflicts"),
    Visit("anita", "assessments:own_conflicts", about="none"),
    Visit("zofia", "assessments:declare_own_conflict", centre()),
    Visit("dylan", "assessments:judge", reading("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:judge", reading("sian", I.RETURNED), about="refused"),
    Visit("dylan", "assessments:evidence", item("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:evidence", testimony(signed=True), about="testimony"),
    Visit("dylan", "assessments:judge", read_testimony, about="witness"),
    Visit("dylan", "assessments:records"),
    Visit("nia", "assessments:records", about="empty"),
    Visit("dylan", "assessments:new_record", unit("sian", "ocr-cc16")),
    *(
        Visit("dylan", "assessments:write_record", unit("sian", "ocr-cc16", kind.value), about=kind.value)
        for kind in RECORDED
    ),
    Visit("dylan", "assessments:correct_record", record(acknowledged=False)),
    Visit("dylan", "assessments:judge", record_to_judge, about="record"),
    Visit("dylan", "assessments:question_sets"),
    Visit("nia", "assessments:question_sets", about="empty"),
    Visit("dylan", "assessments:question_set", question_set(SetStatus.IN_USE), about="in-use"),
    Visit("dylan", "assessments:question_set", question_set(SetStatus.DRAFT)),
    Visit("dylan", "assessments:write_set", centre(), about="which-unit"),
    Visit("dylan", "assessments:rewrite_set", question_set(SetStatus.DRAFT)),
    Visit("dylan", "assessments:map_evidence", item("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:withdraw_evidence", item("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:quarantine_file", file_of("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:release_file", file_of("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:redact_file", file_of("sian", I.SUBMITTED)),
    Visit("dylan", "assessments:enrolment", unit("ruairidh", "sqa-h12e04"), "?view=matrix", "sqa"),
    Visit("dylan", "assessments:action", action("ruairidh")),
    Visit("dylan", "assessments:refer", unit("lukasz", "ocr-cc26")),
    Visit("dylan", "assessments:sign_off", unit("lukasz", "ocr-cc26")),
    Visit("dylan", "assessments:countersign", unit("eilidh", "sqa-h12e04")),
    Visit("dylan", "assessments:hand_back", unit("eilidh", "sqa-h12e04")),
]
VERIFIER = [
    Visit("anita", "assessments:sampling"),
    Visit("iain", "assessments:sampling"),
    Visit("nia", "assessments:sampling", about="empty"),
    Visit("nia", "assessments:strategy"),
    Visit("iain", "assessments:centre_strategy", lambda: [SLUG]),
    Visit("anita", "assessments:centre_strategy", lambda: [SLUG]),
    Visit("iain", "assessments:sampling_policy", lambda: [SLUG, "ocr"]),
    Visit("iain", "assessments:draw_plan", lambda: [SLUG, "ocr"]),
    Visit("iain", "assessments:agree_policy", lambda: [SamplingPolicy.objects.get(awarding_body__code="sqa").pk]),
    Visit("anita", "assessments:rate_risk", lambda: [SLUG, "assessor", person("dylan").pk]),
    Visit("iain", "assessments:sampling_plan", sampling_plan(adopted=True)),
    Visit("iain", "assessments:sampling_plan", sampling_plan(adopted=True), "?show=left-out", about="left-out"),
    Visit("iain", "assessments:sampling_plan", sampling_plan(adopted=False), about="proposal"),
    Visit("iain", "assessments:grid", sampling_plan(adopted=True)),
    Visit("anita", "assessments:grid", sampling_plan(adopted=True), "?only_open=yes", "open"),
    Visit("iain", "assessments:grid", sampling_plan(adopted=False), about="proposal"),
    Visit("iain", "assessments:coverage", sampling_plan(adopted=True)),
    Visit("anita", "assessments:alarm", lambda: [Alarm.objects.still_open().earliest("pk").pk]),
    Visit("iain", "assessments:widen_plan", finding),
    Visit("iain", "assessments:hand_over_plan", sampling_plan(adopted=True)),
    Visit("iain", "assessments:add_cell", sampling_plan(adopted=True)),
    Visit("iain", "assessments:remove_cell", lambda: [PlannedCell.objects.to_do().filter(samples=None)[0].pk]),
    Visit("anita", "assessments:units_verified"),
    Visit("iain", "assessments:units_verified"),
    Visit("nia", "assessments:units_verified", about="empty"),
    Visit("anita", "assessments:plan_sample", unit("tom", "ocr-cc32"), about="once-more"),
    Visit("iain", "assessments:plan_sample", unit("sian", "ocr-cc16")),
    Visit("anita", "assessments:leave_unsampled", unit("priya", "ocr-d20")),
    Visit("anita", "assessments:sample", sample("priya")),
    Visit("anita", "assessments:sample", sample("tom"), about="closed"),
    Visit("iain", "assessments:sample", sample("sian"), about="interim"),
    Visit("iain", "assessments:sample", sample("ruairidh"), about="not-agreed"),
    Visit("anita", "assessments:drop_sample", sample("priya")),
    Visit("anita", "assessments:action", action("tom"), about="closed"),
    Visit("iain", "assessments:action", action("sian"), about="answered"),
    Visit("iain", "assessments:action", action("ruairidh")),
    Visit("anita", "assessments:enrolment", unit("priya", "ocr-d20"), "?view=criteria", "signed-off"),
    Visit("anita", "assessments:verify", unit("priya", "ocr-d20"), about="refused"),
    Visit("anita", "assessments:send_back", unit("tom", "ocr-cc32")),
    Visit("iain", "assessments:reopen", unit("tom", "ocr-cc32")),
]
OFFICE = [
    Visit("nia", "portfolio:people", about="which-centre"),
    Visit("morag", "portfolio:centre_people", centre()),
    Visit("morag", "portfolio:centre_people", centre(), "?search=nobody", "none-found"),
    Visit("morag", "portfolio:add_candidate", centre()),
    Visit("morag", "portfolio:add_staff", centre()),
    Visit("morag", "portfolio:person", handle("sian")),
    Visit("morag", "portfolio:person", handle("zofia"), about="staff"),
    Visit("morag", "portfolio:edit_candidate", handle("sian")),
    Visit("morag", "portfolio:edit_staff", handle("zofia")),
    Visit("morag", "portfolio:grant_role", handle("zofia")),
    Visit("morag", "portfolio:end_role", grant("zofia")),
    Visit("morag", "portfolio:add_qualification", handle("zofia")),
    Visit("morag", "portfolio:qualification_achieved", working_towards("zofia")),
    Visit("nia", "assessments:enrolments", about="which-centre"),
    Visit("morag", "assessments:centre_enrolments", centre()),
    Visit("nia", "assessments:centre_enrolments", lambda: [SECOND], about="empty"),
    Visit("iain", "assessments:centre_enrolments", centre()),
    Visit("morag", "assessments:reassign", centre(), about="nothing-ticked"),
    Visit("morag", "assessments:cohort", centre(), about="nothing-ticked"),
    Visit("morag", "assessments:cohort", centre(), "?all=1", "units-chosen"),
    Visit("morag", "assessments:reassign", centre(), "?all=1", "to-whom"),
    Visit("morag", "assessments:reassign", centre(), "?all=1&part=countersigner&countersigner=nobody", "preview"),
    Visit("nia", "assessments:overview", about="which-centre"),
    Visit("morag", "assessments:centre_overview", centre()),
    Visit("iain", "assessments:centre_overview", centre(), "?by=unit", "by-unit"),
    Visit("nia", "assessments:centre_overview", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:overview_feedback", centre()),
    Visit("nia", "assessments:overview_feedback", lambda: [SECOND], about="empty"),
    Visit("iain", "assessments:overview_sampling", centre()),
    Visit("iain", "assessments:overview_due", centre()),
    Visit("nia", "assessments:overview_due", lambda: [SECOND], about="empty"),
    Visit("nia", "assessments:overview_sampling", lambda: [SECOND], about="empty"),
    Visit("nia", "assessments:books", about="which-centre"),
    Visit("morag", "assessments:book", centre()),
    Visit("iain", "assessments:book", centre(), "?candidate=Priya", "followed"),
    Visit("morag", "assessments:book", centre(), "?person=Nobody+at+all", "nothing-found"),
    Visit("morag", "assessments:looks", centre()),
    Visit("nia", "assessments:looks", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:conflicts", centre()),
    Visit("nia", "assessments:conflicts", lambda: [SECOND], about="none"),
    Visit("morag", "assessments:record_conflict", centre()),
    Visit("morag", "assessments:end_conflict", conflict),
    Visit("morag", "assessments:enrol", centre()),
    Visit("morag", "assessments:approvals", centre()),
    Visit("morag", "assessments:approval", centre("ocr")),
    Visit("morag", "assessments:form_approval", centre("ocr")),
    Visit("morag", "assessments:allocate", unit("sian", "ocr-cc16", "assessor")),
    Visit("nia", "assessments:forms", about="which-centre"),
    Visit("morag", "assessments:centre_forms", centre()),
    Visit("nia", "assessments:centre_forms", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:enrolment", unit("tom", "ocr-cc32"), "?view=matrix", "verified"),
    Visit("morag", "assessments:authenticate", unit("tom", "ocr-cc32")),
    Visit("morag", "assessments:claim", unit("tom", "ocr-cc32")),
    Visit("morag", "assessments:unclaim", unit("grace", "ocr-cc26")),
    Visit("morag", "assessments:certificate", unit("grace", "ocr-cc26")),
    Visit("morag", "assessments:revoke", unit("grace", "ocr-cc16")),
    Visit("morag", "assessments:suspend", unit("tom", "ocr-cc32")),
    Visit("morag", "assessments:resume", unit("hannah", "ocr-d20")),
    Visit("morag", "portfolio:document", document),
]
VISITS = [
    *ENTRANCE,
    *UNITS,
    *CANDIDATE,
    *ASSESSOR,
    *PLANS,
    *VERIFIER,
    *QUALITY,
    *EXTERNAL,
    *OFFICE,
    *AWARDS,
    *PEOPLE,
    *APPEALS,
    *CASES,
]
