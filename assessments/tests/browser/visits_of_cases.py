"""Who looks at appeals, at cases, and at what is arranged for a candidate."""

from assessments.models import Adjustment, Appeal, Case
from assessments.tests.browser.visiting import SECOND, Visit, centre, unit


def appeal() -> list[object]:
    return [Appeal.objects.get().pk]


def case() -> list[object]:
    return [Case.objects.get().pk]


def adjustment() -> list[object]:
    return [Adjustment.objects.get().pk]


APPEALS = [
    Visit("sian", "assessments:appeals"),
    Visit("owen", "assessments:appeals", about="empty"),
    Visit("sian", "assessments:appeal", appeal),
    Visit("sian", "assessments:raise_appeal", unit("sian", "ocr-cc16"), about="refused"),
    Visit("tom", "assessments:raise_appeal", unit("tom", "ocr-cc32"), about="verified"),
    Visit("ruairidh", "assessments:raise_appeal", unit("ruairidh", "sqa-h12e04"), about="came-back"),
    Visit("anita", "assessments:appeal", appeal, about="adjudicator"),
    Visit("anita", "assessments:decide_appeal", appeal),
    Visit("morag", "assessments:appeals", about="office"),
    Visit("morag", "assessments:appeal", appeal, about="office"),
    Visit("morag", "assessments:appoint_adjudicator", appeal),
    Visit("morag", "assessments:follow_up", appeal, about="refused", status=409),
    Visit("morag", "assessments:appeals_procedure", centre()),
    Visit("anita", "assessments:approve_simulation", unit("sian", "ocr-cc32")),
]
CASES = [
    Visit("morag", "assessments:cases"),
    Visit("iain", "assessments:cases", about="none"),
    Visit("morag", "assessments:open_case", centre()),
    Visit("morag", "assessments:case", case),
    Visit("morag", "assessments:investigators", case),
    Visit("morag", "assessments:hold", case),
    Visit("morag", "assessments:close_case", case),
    Visit("morag", "assessments:adjustments", centre()),
    Visit("nia", "assessments:adjustments", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:arrange_adjustment", centre()),
    Visit("morag", "assessments:adjustment", adjustment),
    Visit("morag", "assessments:end_adjustment", adjustment),
    Visit("morag", "portfolio:centre_settings", centre()),
]
