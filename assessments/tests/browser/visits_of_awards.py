"""Who looks at qualifications, registrations and claims. See visits.py."""

from assessments.models import AwardClaim, Certificate, ClaimBatch, FormBatch, LegalHold, Registration, Wording
from assessments.tests.browser.visiting import NOBODY, SECOND, Visit, Where, centre, person
from portfolio.models import Document
from units.models import Qualification


def award(*, published: bool) -> Where:
    def found() -> list[object]:
        row = Qualification.objects.filter(publication__isnull=not published)[0]
        return [row.key, row.version]

    return found


def a_hold() -> list[object]:
    return [LegalHold.objects.get().pk]


def registration(candidate: str) -> Where:
    return lambda: [Registration.objects.filter(candidate__user=person(candidate)).earliest("pk").pk]


def batch(reference: str) -> Where:
    return lambda: [ClaimBatch.objects.get(reference__contains=reference).pk]


def award_claim() -> list[object]:
    return [AwardClaim.objects.get().pk]


def certificate() -> list[object]:
    return [Certificate.objects.filter(replacement=None, claim__isnull=False)[0].pk]


def complete() -> list[object]:
    return [Registration.objects.filter(candidate__user=person("grace")).latest("pk").pk]


def forms() -> list[object]:
    return [FormBatch.objects.latest("pk").pk]


def words_waiting() -> list[object]:
    return [Wording.objects.waiting().get().pk]


def issued() -> list[object]:
    return [Document.objects.filter(issued=True, status="ready").latest("pk").reference]


def new_words() -> list[object]:
    return [*centre()(), "sqa", "authentic-candidate"]


AWARDS = [
    Visit(NOBODY, "portfolio:genuine"),
    Visit(NOBODY, "portfolio:genuine", query="?reference=7KQ4", about="mistyped", status=400),
    Visit(NOBODY, "portfolio:genuine_reference", issued, about="issued"),
    Visit("morag", "assessments:form_batches", centre()),
    Visit("nia", "assessments:form_batches", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:form_batch", forms),
    Visit("morag", "assessments:form_batch", forms, "?show=left_out", "left-out"),
    Visit("morag", "assessments:declarations", centre()),
    Visit("margaret", "assessments:declarations", centre(), about="external"),
    Visit("morag", "assessments:write_wording", new_words),
    Visit("morag", "assessments:wording_approval", words_waiting),
    Visit("morag", "units:qualifications"),
    Visit("sian", "units:qualifications", about="candidate"),
    Visit("owen", "units:qualifications", about="empty"),
    Visit("sian", "units:qualification", award(published=True)),
    Visit("morag", "units:qualification", award(published=True)),
    Visit("morag", "units:qualification", award(published=False), about="draft"),
    Visit("morag", "units:new_qualification", centre()),
    Visit("nia", "units:new_qualification", lambda: [SECOND], about="no-approval"),
    Visit("morag", "units:edit_qualification", award(published=False)),
    Visit("morag", "units:qualification_structure", award(published=False)),
    Visit("morag", "units:publish_qualification", award(published=False)),
    Visit("morag", "units:new_version", award(published=True)),
    Visit("morag", "assessments:awards"),
    Visit("morag", "assessments:awards", query="?search=nobody", about="none-found"),
    Visit("dylan", "assessments:awards", about="assessor"),
    Visit("owen", "assessments:awards", about="empty"),
    Visit("morag", "assessments:register", centre()),
    Visit("tom", "assessments:award", registration("tom")),
    Visit("grace", "assessments:award", complete, about="complete"),
    Visit("morag", "assessments:award", registration("tom")),
    Visit("dylan", "assessments:award", registration("tom"), about="assessor"),
    Visit("morag", "assessments:correct_registration", registration("tom")),
    Visit("morag", "assessments:end_registration", registration("tom")),
    Visit("nia", "assessments:claims", about="which-centre"),
    Visit("morag", "assessments:centre_claims", centre()),
    Visit("nia", "assessments:centre_claims", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:make_claims", centre("ocr")),
    Visit("morag", "assessments:make_claims", centre("ocr"), "?search=nobody", "none-found"),
    Visit("morag", "assessments:make_claims", centre("sqa"), about="sqa"),
    Visit("morag", "assessments:claim_batch", batch("units")),
    Visit("morag", "assessments:claim_batch", batch("award"), about="award"),
    Visit("morag", "assessments:certificates", batch("units")),
    Visit("morag", "assessments:unclaim_award", award_claim),
    Visit("morag", "assessments:replace_certificate", certificate),
    Visit("nia", "assessments:retention", about="which-centre"),
    Visit("morag", "assessments:centre_retention", centre()),
    Visit("morag", "assessments:centre_retention", centre(), "?until=2040-01-01", "far-ahead"),
    Visit("morag", "assessments:try_destruction", centre()),
    Visit("morag", "assessments:retention_schedule", centre()),
    Visit("morag", "assessments:set_keeping", centre("ocr", "files")),
    Visit("morag", "assessments:legal_holds", centre()),
    Visit("morag", "assessments:hold_record", centre()),
    Visit("morag", "assessments:lift_hold", a_hold),
]
