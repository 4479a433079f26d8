"""Who looks at the questions of samples, at activities and meetings, and at standardisation."""

from assessments.enums import ActivityKind
from assessments.models import Activity, CentreAction, Exercise, Meeting
from assessments.tests.browser.visiting import Visit, Where, centre, person


def activity(kind: ActivityKind) -> Where:
    return lambda: [Activity.objects.get(kind=kind).pk]


def action(owner: str) -> Where:
    return lambda: [CentreAction.objects.get(owner=person(owner), access=None).pk]


def meeting() -> list[object]:
    return [Meeting.objects.get().pk]


def exercise(*, closed: bool) -> Where:
    return lambda: [Exercise.objects.get(closed_at__isnull=not closed).pk]


def not_agreed_yet() -> list[object]:
    found = Exercise.objects.get(closed_at__isnull=False)
    return [found.pk, found.criteria.all()[0].criterion_id]


QUALITY = [
    Visit("iain", "assessments:sample_questions", centre()),
    Visit("anita", "assessments:sample_questions", centre()),
    Visit("iain", "assessments:set_body_questions", centre("ocr")),
    Visit("iain", "assessments:set_unit_questions", centre("ocr-cc16", 1)),
    Visit("anita", "assessments:activities"),
    Visit("gwen", "assessments:activities", about="empty"),
    Visit("iain", "assessments:plan_activity", centre()),
    Visit("dylan", "assessments:activity", activity(ActivityKind.OBSERVATION), about="recorded"),
    Visit("iain", "assessments:activity", activity(ActivityKind.RECORDS), about="planned"),
    Visit("iain", "assessments:drop_activity", activity(ActivityKind.RECORDS)),
    Visit("anita", "assessments:ask_after_activity", activity(ActivityKind.OBSERVATION)),
    Visit("dylan", "assessments:centre_action", action("dylan")),
    Visit("iain", "assessments:hold_meeting", centre()),
    Visit("zofia", "assessments:meeting", meeting),
    Visit("iain", "assessments:ask_in_meeting", meeting),
    Visit("iain", "assessments:standardisation"),
    Visit("nia", "assessments:standardisation", about="empty"),
    Visit("iain", "assessments:verification_papers", centre()),
    Visit("nia", "assessments:papers_of_verification", about="which-centre"),
    Visit("iain", "assessments:set_exercise", centre(), about="which-unit"),
    Visit("gwen", "assessments:exercise", exercise(closed=False), about="to-judge"),
    Visit("zofia", "assessments:exercise", exercise(closed=False), about="answered"),
    Visit("iain", "assessments:exercise", exercise(closed=True), about="compared"),
    Visit("iain", "assessments:agree_outcome", not_agreed_yet),
]
