"""Who looks at units, and at those that the centre brings in. See visits.py."""

from assessments.demo.centre import SLUG
from assessments.models import EvidenceVersion, VersionMove
from assessments.tests.browser.visiting import SECOND, Visit, Where, centre
from units.models import Unit, UnitImport


def draft(version: int) -> Where:
    return lambda: [Unit.objects.get(key__startswith="answer-telephone--", version=version).key, version]


def beside() -> list[object]:
    return [*draft(2)(), *draft(1)()]


def file(name: str) -> Where:
    return lambda: [UnitImport.objects.get(file_name=name).centre.slug, UnitImport.objects.get(file_name=name).pk]


def visitors(earlier: int, later: int) -> Where:
    """The unit that has further versions, in two of them."""

    def both() -> list[object]:
        key = Unit.objects.get(key__startswith="greet-visitors--", version=1).key
        return [SLUG, key, earlier, key, later]

    return both


def unread() -> list[object]:
    """What of a candidate who was moved waits to be read again."""
    moved = VersionMove.objects.get()
    waiting = EvidenceVersion.objects.filter(evidence__mappings__enrolment=moved.enrolment, replaced_at=None)
    return [waiting.earliest("pk").pk]


def drafts() -> list[object]:
    """A version that nobody published yet: nothing can be recorded of it."""
    return [SLUG, *draft(1)(), *draft(2)()]


UNITS = [
    Visit("morag", "assessments:new_versions", centre()),
    Visit("nia", "assessments:new_versions", lambda: [SECOND], about="empty"),
    Visit("morag", "assessments:version_map", visitors(1, 2), about="stands"),
    Visit("morag", "assessments:version_map", visitors(1, 3)),
    Visit("morag", "assessments:version_map", drafts, about="refused"),
    Visit("morag", "assessments:move_on", visitors(1, 2)),
    Visit("tom", "assessments:enrolment", lambda: [VersionMove.objects.get().earlier_id], about="moved"),
    Visit("gwen", "assessments:judge", unread, about="earlier-version"),
    Visit("sian", "units:list"),
    Visit("morag", "units:list", about="drafts"),
    Visit("sian", "units:unit", lambda: ["ocr-cc16", 1]),
    Visit("ruairidh", "units:unit", lambda: ["sqa-h12e04", 1], about="sqa"),
    Visit("morag", "units:unit", draft(2), about="draft"),
    Visit("morag", "units:import_units", centre()),
    Visit("nia", "units:import_units", lambda: [SECOND], about="empty"),
    Visit("morag", "units:unit_import", file("telephone-faulty.yaml"), about="faults"),
    Visit("morag", "units:unit_import", file("telephone.yaml"), about="taken"),
    Visit("morag", "units:publish_unit", draft(2)),
    Visit("morag", "units:discard_draft", draft(2)),
    Visit("morag", "units:compare_versions", beside),
    Visit("morag", "units:compare_versions", beside, query="?all=1", about="everything"),
    Visit("sian", "units:export_unit", lambda: ["sqa-h12e04", 1]),
]
