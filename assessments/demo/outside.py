"""How an awarding body looks at the demonstration centre: an external verifier three days into a visit of two weeks."""

import datetime

from assessments.actions import access, activities, external
from assessments.demo.centre import DOMAIN, Harbour, accept
from assessments.models import Enrolment, SamplingPolicy
from units.models import AwardingBody

DAY = datetime.timedelta(days=1)
BEGAN = 3 * DAY


def tell(harbour: Harbour, now: datetime.datetime) -> None:
    """Margaret Ellison of OCR sees all its units in place, and has chosen two beyond the centre's sample."""
    staff, at = harbour.staff, now - BEGAN
    visit = access.give_access(
        centre=harbour.centre,
        email=f"margaret@{DOMAIN}",
        name="Margaret Ellison",
        awarding_body=AwardingBody.objects.get(code="ocr"),
        starts_on=at.date(),
        ends_on=at.date() + 13 * DAY,
        may_download=False,
        reference="Autumn visit",
        by=staff.administrator,
        at=at,
    )
    eve = visit.grant.user
    accept(harbour.centre, eve, at)
    zofias = Enrolment.objects.filter(centre=harbour.centre, assessor=staff.trainee, unit__awarding_body__code="ocr")
    others = Enrolment.objects.filter(centre=harbour.centre, assessor=staff.assessor, unit__awarding_body__code="ocr")
    first = external.choose_unit(
        access=visit, enrolment=zofias.earliest("pk"), reason="Her assessor is still qualifying.", by=eve, at=at + DAY
    )
    external.choose_unit(
        access=visit, enrolment=others.earliest("pk"), reason="Not in the centre’s sample.", by=eve, at=at + DAY
    )
    external.mark_looked_at(choice=first, by=eve, at=at + DAY)
    remark = external.write_note(
        access=visit,
        enrolment=first.enrolment,
        words="The countersignatures follow within days, and say what was looked at. Good practice.",
        by=eve,
        at=at + DAY,
    )
    external.issue_note(note=remark, by=eve, at=at + 2 * DAY)
    policy = SamplingPolicy.objects.filter(centre=harbour.centre, awarding_body=visit.awarding_body).latest("number")
    external.agree_strategy(access=visit, policy=policy, by=eve, at=at + 2 * DAY)
    external.write_note(
        access=visit, enrolment=None, words="Ask Iain how risk is rated for new assessors.", by=eve, at=at + 2 * DAY
    )
    action = activities.ask_of_staff(
        source=visit,
        owner=staff.lead,
        wanted="Agree the sampling strategy for the next half year with me before it is put in force.",
        due_on=now.date() + 21 * DAY,
        by=eve,
        at=at + 2 * DAY,
    )
    activities.answer_centre_action(
        action=action, answer="The draft goes to you by the end of the month.", by=staff.lead, at=now - DAY
    )
