"""Who looks at qualifications, registrations and claims. See visits.py."""

from assessments.models import Registration
from assessments.tests.browser.visiting import SECOND, Visit, Where, centre, person
from units.models import Qualification


def award(*, published: bool) -> Where:
    def found() -> list[object]:
        row = Qualification.objects.filter(publication__isnull=not published)[0]
        return [row.key, row.version]

    return found


def registration(candidate: str) -> Where:
    return lambda: [Registration.objects.get(candidate__user=person(candidate)).pk]


AWARDS = [
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
    Visit("grace", "assessments:award", registration("grace"), about="complete"),
    Visit("morag", "assessments:award", registration("tom")),
    Visit("dylan", "assessments:award", registration("tom"), about="assessor"),
    Visit("morag", "assessments:correct_registration", registration("tom")),
    Visit("morag", "assessments:end_registration", registration("tom")),
]
