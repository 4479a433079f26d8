"""Forms of the demonstration centre: who goes through together, declarations in its own words, and a batch of forms."""

import datetime

from assessments.actions import declarations
from assessments.actions.enrolment import set_cohort
from assessments.actions.issuing import make_forms
from assessments.demo.centre import Harbour
from assessments.form_enums import DeclarationOf, GatheredAs
from assessments.models import Enrolment, ExternalAccess
from assessments.queries.issuing import declarations_signed, offered_at
from units.models import AwardingBody

DAY = datetime.timedelta(days=1)
COHORTS = {"Spring intake": ("grace", "tom"), "Autumn intake": ("sian", "hannah")}
APPROVED = (
    "For Harbour I confirm that this unit’s evidence is the candidate’s own. We held it against other portfolios, "
    "asked about anything that looked borrowed, and keep this form with the assessment records for the awarding body."
)
WAITING = (
    "I watched the candidate’s work grow, asked questions about it, and am sure that it is theirs. Where artificial "
    "intelligence helped, the evidence says so, and I did not count it."
)


def tell(harbour: Harbour, now: datetime.datetime) -> None:
    """OCR's external verifier approved one wording in her visit, and another waits for her; forms were made today."""
    administrator, ocr = harbour.staff.administrator, AwardingBody.objects.get(code="ocr")
    for cohort, candidates in COHORTS.items():
        records = [harbour.candidates[name] for name in candidates]
        together = list(Enrolment.objects.filter(candidate__in=records))
        set_cohort(enrolments=together, cohort=cohort, by=administrator, at=now - 2 * DAY)
    visit = ExternalAccess.objects.on(now.date()).get(centre=harbour.centre)
    for declaration, text in ((DeclarationOf.CENTRE, APPROVED), (DeclarationOf.ASSESSOR, WAITING)):
        wording = declarations.write_wording(
            centre=harbour.centre,
            awarding_body=ocr,
            declaration=declaration,
            text=text,
            by=administrator,
            at=now - 2 * DAY,
        )
        if declaration == DeclarationOf.CENTRE:
            declarations.approve_wording(wording=wording, by=visit.grant.user, at=now - DAY)
    spring = Enrolment.objects.filter(centre=harbour.centre, cohort="Spring intake")
    bodies = offered_at(harbour.centre).bodies
    make_forms(
        centre=harbour.centre,
        enrolments=spring.order_by().values_list("pk", flat=True),
        statements=[statement.pk for statement, _ in declarations_signed(harbour.centre, bodies)],
        chosen="Spring intake",
        gathered_as=GatheredAs.PDF,
        shown_at=now,
        by=administrator,
        at=now,
    )
