"""Who looks at the pages of external verification, and at what an external verifier sees."""

from assessments.models import CentreAction, ExternalAccess, ExternalChoice, ExternalNote, SamplingPlan
from assessments.tests.browser.visiting import Visit, Where, centre
from units.models import DirectClaim

EVE = "margaret"


def access() -> list[object]:
    return [ExternalAccess.objects.get().pk]


def chosen(*, looked_at: bool) -> Where:
    return lambda: [ExternalChoice.objects.get(looked_at__isnull=not looked_at).enrolment_id]


def note() -> list[object]:
    return [ExternalNote.objects.get(issued_at=None).pk]


def asked() -> list[object]:
    return [CentreAction.objects.get(access__isnull=False).pk]


def plan() -> list[object]:
    return [SamplingPlan.objects.filter(adopted_at__isnull=False, policy__awarding_body__code="ocr").latest("pk").pk]


def status() -> list[object]:
    return [DirectClaim.objects.get().pk]


EXTERNAL = [
    Visit("morag", "assessments:external_verifiers", centre()),
    Visit("morag", "assessments:give_access", centre()),
    Visit("morag", "assessments:external_access", access),
    Visit("anita", "assessments:external_access", access),
    Visit("morag", "assessments:change_external_days", access),
    Visit("morag", "assessments:end_external_access", access),
    Visit("morag", "assessments:direct_claim", centre("ocr")),
    Visit("morag", "assessments:withdraw_status", status),
    Visit(EVE, "assessments:external_home"),
    Visit(EVE, "assessments:external_units"),
    Visit(EVE, "assessments:external_units", query="?words=nobody", about="empty"),
    Visit(EVE, "assessments:note_on_visit", access),
    Visit(EVE, "assessments:ask_centre", access),
    Visit(EVE, "assessments:choose_unit", chosen(looked_at=True)),
    Visit(EVE, "assessments:note_on_unit", chosen(looked_at=True)),
    Visit(EVE, "assessments:external_note", note),
    Visit(EVE, "assessments:enrolment", chosen(looked_at=False), about="from-outside"),
    Visit(EVE, "assessments:centre_strategy", centre(), about="from-outside"),
    Visit(EVE, "assessments:grid", plan, about="from-outside"),
    Visit(EVE, "assessments:centre_action", asked, about="from-outside"),
    Visit("iain", "assessments:centre_action", asked, about="for-the-external-verifier"),
    Visit(EVE, "portfolio:staff", centre(), about="from-outside"),
]
