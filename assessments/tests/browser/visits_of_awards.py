"""Who looks at qualifications, registrations and claims. See visits.py."""

from assessments.tests.browser.visiting import SECOND, Visit, Where, centre
from units.models import Qualification


def award(*, published: bool) -> Where:
    def found() -> list[object]:
        row = Qualification.objects.filter(publication__isnull=not published)[0]
        return [row.key, row.version]

    return found


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
]
