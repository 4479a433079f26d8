"""A mark looks the same wherever it is drawn: on screen, on the form and in archives."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from assessments.archive.pages import STYLE
from assessments.documents.recording import KEY, recording_form_facts
from assessments.enums import ItemStatus, Layer, Verdict
from assessments.form_enums import Drawn
from assessments.models import Enrolment
from assessments.progress import Mark, drawn_of
from assessments.queries.printed import printed_record
from assessments.testing import House, an_enrolment, handed_in, judged, signed_off, verified
from assessments.tests.views.visitors import signed_in

pytestmark = pytest.mark.django_db
CELL = re.compile(r'<td[^>]*>(?:<svg class="mark mark-(\w+)"[^>]*><use href="#mark-(\w+)"/></svg>|)')


def mark(verdict: str | None = None, status: str = ItemStatus.REVIEWED, **more: bool | None) -> Mark:
    return Mark(1, 1, status, verdict, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "drawn"),
    [
        (mark(status=ItemStatus.DRAFT), Drawn.NOT_STARTED),
        (mark(status=ItemStatus.SUBMITTED), Drawn.CLAIMED),
        (mark(Verdict.CONTRIBUTES), Drawn.CONTRIBUTES),
        (mark(Verdict.CONTRIBUTES, needs_countersignature=True), Drawn.CONTRIBUTES),
        (mark(Verdict.CONTRIBUTES, needs_countersignature=True, countersigned=False), Drawn.RETURNED),
        (mark(Verdict.MET, needs_countersignature=True), Drawn.PENDING),
        (mark(Verdict.MET), Drawn.ACCEPTED),
        (mark(Verdict.NOT_YET), Drawn.RETURNED),
    ],
)
def test_each_mark_has_its_drawing(found: Mark, drawn: Drawn) -> None:
    assert found.drawn(confirmed=False) == drawn
    assert found.drawn(confirmed=True) == (Drawn.CONFIRMED if drawn == Drawn.ACCEPTED else drawn)


def test_a_criterion_is_drawn_as_its_layer_or_as_waiting_for_a_countersignature() -> None:
    pending, contributes = mark(Verdict.MET, needs_countersignature=True), mark(Verdict.CONTRIBUTES)
    assert drawn_of([contributes], confirmed=False) == Drawn.CLAIMED
    assert drawn_of([contributes, pending], confirmed=False) == Drawn.PENDING
    assert drawn_of([mark(Verdict.MET), pending], confirmed=True) == Drawn.CONFIRMED
    assert {layer.value for layer in Layer} < {drawn.value for drawn in Drawn}


def on_screen(unit: Enrolment) -> list[list[str]]:
    """The marks of the matrix, item by item."""
    page = signed_in(unit.assessor).get(f"/enrolments/{unit.pk}/").content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [[shape for _, shape in CELL.findall(row)] for row in body.split("<tr ")[1:]]


def on_paper(unit: Enrolment) -> list[list[str]]:
    facts = recording_form_facts(printed_record(Enrolment.objects.get(pk=unit.pk)))
    return [row["marks"] for table in facts["tables"] for row in table["rows"]]  # type: ignore


def test_the_matrix_has_the_marks_of_the_form(house: House) -> None:
    unit = an_enrolment(house)
    item = handed_in(unit)
    judged(item, unit, Verdict.MET, "1.1")
    judged(item, unit, Verdict.CONTRIBUTES, "1.2")
    judged(item, unit, Verdict.NOT_YET, "1.3")
    handed_in(unit, "1.2")
    assert on_screen(unit) == on_paper(unit)
    assert on_paper(unit)[0][:4] == ["accepted", "contributes", "returned", "claimed"]


def test_a_trainees_word_is_drawn_as_waiting_on_both(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    assert on_screen(unit) == on_paper(unit)
    assert set(on_paper(unit)[0]) == {"pending"}
    page = signed_in(house.trainee).get(f"/enrolments/{unit.pk}/").content.decode()
    assert "1.1: Met, awaiting countersignature" in page


def test_a_verified_unit_is_confirmed_in_every_cell_of_both(house: House) -> None:
    unit = verified(an_enrolment(house))
    assert on_screen(unit) == on_paper(unit)
    assert set(on_paper(unit)[0]) == {"confirmed"}
    page = signed_in(house.assessor).get(f"/enrolments/{unit.pk}/").content.decode()
    assert "Evidence 1 for 1.1: met, confirmed" in page
    item = unit.mappings.first().evidence_id  # type: ignore[union-attr]
    assert 'href="#mark-confirmed"' in signed_in(house.candidate.user).get(f"/evidence/{item}/").content.decode()


def read(*path: str) -> str:
    return Path(settings.BASE_DIR, *path).read_text()


def signs(css: str, named: str) -> dict[str, str]:
    """What a style sheet draws for each mark."""
    return {name: sign.strip() for name, sign in re.findall(rf'{named}(\w+)::before {{\s*content: "(.+?)"', css)}


def test_every_mark_has_a_shape_and_its_words_on_screen() -> None:
    sprite, key = read("templates", "components", "sprite.html"), read("templates", "components", "mark_key.html")
    colours = read("static", "css", "components.css")
    assert re.findall(r'"(\w+)"\|status:"([\w, ]+)"', key) == [(one.value, one.label.lower()) for one in Drawn]
    for one in Drawn:
        assert f'<symbol id="mark-{one}"' in sprite
        assert one == Drawn.NOT_STARTED or f".mark-{one}" in colours


def test_every_mark_of_the_form_has_a_sign_and_archives_draw_the_same() -> None:
    paper = signs(read("templates", "documents", "recording_form.css"), r"\n\.")
    assert set(paper) == set(KEY) == {one.value for one in Drawn} - {Drawn.NOT_STARTED}
    archived = signs(STYLE.read_text(), r"\.mark\.")
    assert set(archived) == {layer.value for layer in Layer if layer != Layer.NOT_STARTED} | {Drawn.PENDING}
    assert archived.items() <= paper.items()
