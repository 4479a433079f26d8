"""Every address of the house: where to knock, and what each person is answered. See test_doors.py."""

import uuid
from dataclasses import dataclass
from types import SimpleNamespace

from django.utils import timezone

from assessments.actions.question_sets import WRITE
from assessments.enums import Verb
from assessments.models import (
    Adjustment,
    Appeal,
    AuthenticationForm,
    Case,
    Enrolment,
    EvidenceVersion,
    FormBatch,
    QuestionSet,
    SamplingPlan,
    Testimony,
)
from assessments.testing import House
from assessments.tests.answers import (
    AT_THE_CENTRE,
    ELSEWHERE,
    ROLES,
    SEES_THE_UNIT,
    STAFF_OF_THE_UNIT,
    WRITERS,
    Expected,
    by_script,
    everybody,
    holding,
    office,
    only,
    running,
    runs_appeals,
    signed_in,
    turn,
    verifying,
    within,
)
from assessments.tests.doors_of_awards import TABLE_OF_AWARDS
from assessments.tests.doors_of_data import TABLE_OF_DATA
from assessments.tests.doors_of_documents import TABLE_OF_DOCUMENTS
from assessments.tests.doors_of_entrance import TABLE_OF_ENTRANCE
from assessments.tests.doors_of_external import TABLE_OF_EXTERNAL
from assessments.tests.doors_of_people import TABLE_OF_PEOPLE
from assessments.tests.doors_of_plans import TABLE_OF_PLANS
from assessments.tests.doors_of_quality import TABLE_OF_QUALITY
from assessments.tests.doors_of_retention import TABLE_OF_RETENTION
from assessments.tests.doors_of_strategy import TABLE_OF_STRATEGY
from assessments.tests.doors_of_units import TABLE_OF_UNITS
from assessments.tests.witnesses import token_of
from assessments.workflow import UNIT_STEPS
from portfolio import digest
from portfolio.enums import Role
from portfolio.harness import AskingClient
from portfolio.models import Document, StaffQualification, Upload
from portfolio.references import new_reference
from portfolio.rules import STAFF_ROLES


@dataclass(frozen=True)
class Scene:
    """A centre with one candidate's unit being collected, with everybody named on it, and another centre."""

    house: House
    browsers: dict[str, AskingClient]
    unit: Enrolment
    item: EvidenceVersion
    document: Document
    award: StaffQualification
    form: AuthenticationForm
    upload: Upload
    request: Testimony
    record: EvidenceVersion
    questions: QuestionSet
    appeal: Appeal
    case: Case
    adjustment: Adjustment
    sampling_plan: SamplingPlan
    quality: SimpleNamespace
    external: SimpleNamespace


def slug(scene: Scene) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_csv(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, "csv"]


def slug_and_body(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def slug_and_person(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.unit.assessor.handle]


def slug_and_candidate(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def slug_and_job(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, uuid.UUID(int=7)]


def of_unit(scene: Scene) -> list[object]:
    return [scene.unit.pk]


def of_version(scene: Scene) -> list[object]:
    return [scene.item.pk]


def of_item(scene: Scene) -> list[object]:
    return [scene.item.evidence_id]


def of_file(scene: Scene) -> list[object]:
    return [scene.item.files.get().pk]


def of_page(scene: Scene) -> list[object]:
    return [*of_file(scene), 1]


def of_sample(scene: Scene) -> list[object]:
    return [scene.unit.samples.latest("pk").pk]


def of_action(scene: Scene) -> list[object]:
    return [scene.unit.actions.get().pk]


def of_alarm(scene: Scene) -> list[object]:
    return [scene.unit.samples.earliest("pk").alarms.get().pk]


def of_form(scene: Scene) -> list[object]:
    return [scene.form.pk]


def of_batch(scene: Scene) -> list[object]:
    return [FormBatch.objects.get(centre=scene.house.centre).pk]


def of_upload(scene: Scene) -> list[object]:
    return [scene.upload.token]


def of_request(scene: Scene) -> list[object]:
    return [scene.request.pk]


def of_request_just_sent(scene: Scene) -> list[object]:
    """Just now however long the tests have run: its link is not sent again within minutes."""
    Testimony.objects.filter(pk=scene.request.pk).update(sent_at=timezone.now())
    return of_request(scene)


def of_stopping(scene: Scene) -> list[object]:
    return [digest.stop_link(scene.house.assessor).rstrip("/").rsplit("/", 1)[1]]


def of_testimony(scene: Scene) -> list[object]:
    return [scene.request.version.evidence_id]


def of_record(scene: Scene) -> list[object]:
    return [scene.record.evidence_id]


def of_observation(scene: Scene) -> list[object]:
    return [scene.unit.pk, "observation"]


def of_set(scene: Scene) -> list[object]:
    return [scene.questions.pk]


def of_appeal(scene: Scene) -> list[object]:
    return [scene.appeal.pk]


def of_case(scene: Scene) -> list[object]:
    return [scene.case.pk]


def of_case_file(scene: Scene) -> list[object]:
    return [scene.case.steps.get().files.get().pk]


def of_adjustment(scene: Scene) -> list[object]:
    return [scene.adjustment.pk]


def of_document(scene: Scene) -> list[object]:
    return [scene.document.pk]


def of_grant(scene: Scene) -> list[object]:
    return [*slug_and_person(scene), scene.unit.assessor.grants.get().pk]


def of_award(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.award.staff.user.handle, scene.award.pk]


TABLE: dict[str, Expected] = {
    "home": Expected(signed_in(302) | {"former external": 200}),
    "account_login": Expected(everybody(signed_in=302)),
    "account_again": Expected(everybody(signed_in=409)),
    "account_logout": Expected(everybody(302)),
    "account_inactive": Expected(everybody()),
    "account_signup": Expected(everybody()),
    "account_change_password": Expected(signed_in()),
    "account_reauthenticate": Expected(signed_in()),
    "account_reset_password": Expected(everybody()),
    "account_reset_password_done": Expected(everybody()),
    "account_reset_password_from_key": Expected(everybody(), lambda scene: ["1", "no-such-key"]),
    "account_reset_password_from_key_done": Expected(everybody()),
    "portfolio:alive": Expected(everybody()),
    "portfolio:ready": Expected(everybody()),
    "portfolio:ready_for_pages": Expected(everybody()),
    "portfolio:metrics": Expected(everybody(404, signed_in=404)),  # no token is set here
    "portfolio:invitation": Expected(everybody(404, signed_in=404), lambda scene: ["forged"]),
    "portfolio:genuine": Expected(everybody()),
    "portfolio:genuine_reference": Expected(everybody(404, signed_in=404), lambda scene: [new_reference()]),
    "portfolio:document": Expected(only(*SEES_THE_UNIT), of_document),
    "portfolio:document_file": Expected(only(code=404), of_document),  # not made yet
    "portfolio:uploads": Expected(by_script(*ROLES, code=405), slug, posted=by_script(*AT_THE_CENTRE, code=400)),
    "portfolio:upload": Expected(by_script("candidate", code=200), of_upload),
    "portfolio:keep_work": Expected(signed_in(405) | {"nobody": 401}, posted=signed_in(400) | {"nobody": 401}),
    "portfolio:discard_work": Expected(signed_in(405), posted=signed_in(302)),
    "portfolio:news": Expected(signed_in()),
    "portfolio:read_news": Expected(signed_in(405), posted=signed_in(302)),
    "portfolio:telling": Expected(signed_in()),
    "portfolio:stop_digest": Expected(everybody(), of_stopping),
    "portfolio:people": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "portfolio:centre_people": Expected(office(), slug),
    "portfolio:centre_settings": Expected(office(), slug),
    "portfolio:jobs": Expected(office(), slug),
    "portfolio:try_job_again": Expected(holding(Role.ADMINISTRATOR, code=405), slug_and_job, posted=office(302)),
    "portfolio:add_candidate": Expected(office(), slug),
    "portfolio:add_staff": Expected(office(), slug),
    "portfolio:person": Expected(office(), slug_and_person),
    "portfolio:edit_candidate": Expected(office(), slug_and_candidate),
    "portfolio:edit_staff": Expected(office(), slug_and_person),
    "portfolio:invite_again": Expected(holding(Role.ADMINISTRATOR, code=405), slug_and_person, posted=office(302)),
    "portfolio:grant_role": Expected(office(), slug_and_person),
    "portfolio:end_role": Expected(office(), of_grant),
    "portfolio:add_qualification": Expected(office(), slug_and_person),
    "portfolio:qualification_achieved": Expected(office(), of_award),
    "assessments:enrolments": Expected(holding(Role.ADMINISTRATOR, Role.LEAD_VERIFIER, code=302)),
    "assessments:centre_enrolments": Expected(running(), slug),
    "assessments:enrolments_file": Expected(running(), slug_and_csv),
    "assessments:reassign": Expected(office(), slug),
    "assessments:search": Expected(signed_in()),
    "assessments:books": Expected(holding(Role.ADMINISTRATOR, Role.LEAD_VERIFIER, code=302)),
    "assessments:book": Expected(running(), slug),
    "assessments:looks": Expected(running(), slug),
    "assessments:looks_file": Expected(running(), slug_and_csv),
    "assessments:check_book": Expected(
        holding(Role.ADMINISTRATOR, Role.LEAD_VERIFIER, code=405), slug, posted=running(302)
    ),
    "assessments:book_file": Expected(running(), slug_and_csv),
    "assessments:book_proof": Expected(running(), slug),
    "assessments:cohort": Expected(office(), slug),
    "assessments:overview": Expected(holding(Role.ADMINISTRATOR, Role.LEAD_VERIFIER, code=302)),
    "assessments:centre_overview": Expected(running(), slug),
    "assessments:overview_feedback": Expected(running(), slug),
    "assessments:overview_sampling": Expected(running(), slug),
    "assessments:overview_due": Expected(running(), slug),
    "assessments:overview_file": Expected(running(), lambda scene: [scene.house.centre.slug, "progress", "csv"]),
    "assessments:conflicts": Expected(office(), slug),
    "assessments:conflicts_file": Expected(office(), slug_and_csv),
    "assessments:record_conflict": Expected(office(), slug),
    "assessments:end_conflict": Expected(office(), lambda scene: [scene.house.centre.interests.get().pk]),
    "assessments:own_conflicts": Expected(holding(*STAFF_ROLES)),
    "assessments:declare_own_conflict": Expected(
        holding(*STAFF_ROLES) | dict.fromkeys(ELSEWHERE, 404) | {"candidate elsewhere": 403}, slug
    ),
    "assessments:enrol": Expected(office(), slug),
    "assessments:approvals": Expected(office(), slug),
    "assessments:approval": Expected(office(), slug_and_body),
    "assessments:form_approval": Expected(office(), slug_and_body),
    "assessments:direct_claim": Expected(office(), slug_and_body),
    "assessments:withdraw_status": Expected(office(), lambda scene: [scene.house.centre.direct_claims.get().pk]),
    "assessments:allocate": Expected(office(), lambda scene: [scene.unit.pk, "verifier"]),
    "assessments:forms": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_forms": Expected(office(), slug),
    "assessments:form_batches": Expected(office(), slug),
    "assessments:form_batch": Expected(office(), of_batch),
    "assessments:stop_forms": Expected(holding(Role.ADMINISTRATOR, code=405), of_batch, posted=office(302)),
    "assessments:resume_forms": Expected(holding(Role.ADMINISTRATOR, code=405), of_batch, posted=office(302)),
    "assessments:gather_forms": Expected(holding(Role.ADMINISTRATOR, code=405), of_batch, posted=office(404)),
    "assessments:forms_file": Expected(office(), of_batch),
    "assessments:authenticate": Expected(office(), of_unit),
    "assessments:candidate_home": Expected(holding(Role.CANDIDATE)),
    "assessments:manifest": Expected(everybody()),
    "assessments:worker": Expected(everybody()),
    "assessments:offline": Expected(everybody()),
    "assessments:device_drafts": Expected(holding(Role.CANDIDATE)),
    "assessments:add_evidence": Expected(holding(Role.CANDIDATE)),
    "assessments:evidence": Expected(only(*SEES_THE_UNIT), of_item),
    "assessments:edit_evidence": Expected(only(*SEES_THE_UNIT, code=403) | {"candidate": 404}, of_item),  # no draft
    "assessments:submit_evidence": Expected(turn(Verb.SUBMIT), of_item),
    "assessments:replace_evidence": Expected(signed_in(405), of_item, posted=only(*SEES_THE_UNIT, code=409)),
    "assessments:map_evidence": Expected(turn(Verb.MAP_MORE), of_item),
    "assessments:withdraw_evidence": Expected(turn(Verb.WITHDRAW_ITEM), of_item),
    "assessments:ask_witness": Expected(only("candidate"), of_testimony),
    "assessments:resend_request": Expected(signed_in(405), of_request_just_sent, posted=only("candidate", code=409)),
    "assessments:revoke_request": Expected(signed_in(405), of_request, posted=only("candidate", code=302)),
    "assessments:witness": Expected(everybody(), lambda scene: [token_of(scene.request)]),
    "assessments:acknowledge": Expected(only(*SEES_THE_UNIT, code=403) | {"candidate": 200}, of_record),
    "assessments:correct_record": Expected(only(*SEES_THE_UNIT, code=403) | {"assessor": 200}, of_record),
    "assessments:sign_correction": Expected(only(*SEES_THE_UNIT, code=403) | {"assessor": 302}, of_record),
    "assessments:records": Expected(holding(Role.ASSESSOR)),
    "assessments:new_record": Expected(within(Role.ASSESSOR, "assessor"), of_unit),
    "assessments:write_record": Expected(within(Role.ASSESSOR, "assessor"), of_observation),
    "assessments:sign_record": Expected(within(Role.ASSESSOR, "assessor", code=302), of_observation),
    "assessments:question_sets": Expected(holding(*WRITE)),
    "assessments:write_set": Expected(holding(*WRITE, code=404) | dict.fromkeys(WRITERS, 200), slug),
    "assessments:question_set": Expected(holding(*WRITE, code=404) | dict.fromkeys(WRITERS, 200), of_set),
    "assessments:rewrite_set": Expected(
        holding(*WRITE, code=404) | dict.fromkeys(WRITERS, 403) | {"assessor": 200}, of_set
    ),
    "assessments:quarantine_file": Expected(turn(Verb.QUARANTINE), of_file),
    "assessments:release_file": Expected(turn(Verb.RELEASE), of_file),
    "assessments:redact_file": Expected(turn(Verb.REDACT), of_file),
    "assessments:evidence_file": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:download_evidence_file": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:evidence_thumbnail": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:evidence_page": Expected(only(*SEES_THE_UNIT), of_page),
    "assessments:evidence_page_text": Expected(only(*SEES_THE_UNIT), of_page),
    "assessments:queue": Expected(holding(Role.ASSESSOR)),
    "assessments:caseload": Expected(holding(Role.ASSESSOR)),
    "assessments:caseload_file": Expected(holding(Role.ASSESSOR), lambda scene: ["xlsx"]),
    "assessments:worked_out": Expected(signed_in()),
    "assessments:judge": Expected(within(Role.ASSESSOR, "assessor"), of_version),
    "assessments:judge_next": Expected(within(Role.ASSESSOR, "assessor", code=302), of_version),
    "assessments:sampling": Expected(holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)),
    "assessments:units_verified": Expected(holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)),
    "assessments:units_file": Expected(holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER), lambda scene: ["csv"]),
    **TABLE_OF_STRATEGY,
    **TABLE_OF_AWARDS,
    **TABLE_OF_ENTRANCE,
    **TABLE_OF_UNITS,
    **TABLE_OF_RETENTION,
    **TABLE_OF_DATA,
    **TABLE_OF_QUALITY,
    **TABLE_OF_EXTERNAL,
    "assessments:plan_sample": Expected(verifying() | {"lead": 403}, of_unit),
    "assessments:leave_unsampled": Expected(verifying() | {"lead": 403}, of_unit),
    "assessments:sample": Expected(only(*STAFF_OF_THE_UNIT), of_sample),
    "assessments:drop_sample": Expected(verifying() | {"lead": 403}, of_sample),
    "assessments:action": Expected(only(*STAFF_OF_THE_UNIT), of_action),
    "assessments:alarm": Expected(verifying(), of_alarm),
    "assessments:approve_simulation": Expected(only(*SEES_THE_UNIT, code=403) | {"verifier": 200}, of_unit),
    "assessments:appeals": Expected(signed_in()),
    "assessments:appeals_file": Expected(signed_in(), lambda scene: ["csv"]),
    "assessments:appeal": Expected(only(*SEES_THE_UNIT), of_appeal),
    "assessments:raise_appeal": Expected(only(*SEES_THE_UNIT, code=403) | {"candidate": 200}, of_unit),
    "assessments:appoint_adjudicator": Expected(runs_appeals(200), of_appeal),
    "assessments:decide_appeal": Expected(only(*SEES_THE_UNIT, code=403), of_appeal),  # nobody is appointed yet
    "assessments:follow_up": Expected(runs_appeals(409), of_appeal),
    "assessments:appeals_procedure": Expected(office(), slug),
    "assessments:cases": Expected(signed_in()),
    "assessments:cases_file": Expected(signed_in(), lambda scene: ["csv"]),
    "assessments:open_case": Expected(office(), slug),
    "assessments:case": Expected(only("administrator"), of_case),
    "assessments:case_file": Expected(only("administrator"), of_case_file),
    "assessments:investigators": Expected(only("administrator"), of_case),
    "assessments:hold": Expected(only("administrator"), of_case),
    "assessments:close_case": Expected(only("administrator"), of_case),
    "assessments:let_go": Expected(signed_in(405), of_case, posted=only(code=404)),  # of nothing named
    "assessments:adjustments": Expected(office(), slug),
    "assessments:adjustments_file": Expected(office(), slug_and_csv),
    "assessments:arrange_adjustment": Expected(office(), slug),
    "assessments:adjustment": Expected(office(), of_adjustment),
    "assessments:end_adjustment": Expected(office(), of_adjustment),
    "assessments:enrolment": Expected(only(*SEES_THE_UNIT), of_unit),
    "assessments:map_cell": Expected(signed_in(405), of_unit, posted=signed_in(404)),  # of no item
    "assessments:recording_form": Expected(signed_in(405), of_unit, posted=only(*SEES_THE_UNIT, code=302)),
    "assessments:authentication_document": Expected(signed_in(405), of_form, posted=only(*SEES_THE_UNIT, code=302)),
    "assessments:blank_form": Expected(signed_in(), lambda scene: ["ocr-cc26", 1]),
    **{
        f"assessments:{verb.value}": Expected(turn(verb), of_unit)
        for verb in UNIT_STEPS
        if verb not in (Verb.MOVE_ON, Verb.TRANSFER_OUT)
    },
    **TABLE_OF_PLANS,
    **TABLE_OF_DOCUMENTS,
    **TABLE_OF_PEOPLE,
}
