"""Our own format: nothing of a unit is lost in it, and what is wrong with a file is said with its place."""

import datetime
import json
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.models import AuditEvent, Centre, User
from portfolio.refusal import Refusal
from units.actions import discard_draft, publish, send_units, take_units, throw_units_away
from units.actions.bringing import KEPT_FOR, sweep
from units.exchange.describing import as_json, as_yaml, unit_tree
from units.exchange.faults import Tree
from units.exchange.shapes import json_schema
from units.models import Criterion, Unit, UnitImport
from units.standard import KEYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]


def tree_of(key: str) -> Tree:
    return unit_tree(Unit.objects.select_related("awarding_body").get(key=key))


def small(**more: Any) -> Tree:
    """A unit as short as one can be."""
    unit: Tree = {"key": "small", "version": 1, "awarding_body": "ocr", "style": "qcf", "short_code": "S1"}
    unit["outcomes"] = [{"number": "1", "text": "Do it", "criteria": [{"number": "1.1", "text": "Do it well"}]}]
    return {**unit, **more}


def send(centre: Centre, by: User, content: bytes, name: str = "units.yaml") -> UnitImport:
    return send_units(centre=centre, content=content, name=name, by=by, at=timezone.now())


def sentences(sent: UnitImport) -> str:
    return "\n".join(f"{place}: {sentence}" for place, sentence in sent.faults)


@pytest.mark.parametrize("write", [as_json, as_yaml])
@pytest.mark.parametrize("key", KEYS)
def test_a_unit_comes_back_as_it_left(centre: Centre, alma: User, key: str, write: Any) -> None:
    left = {**tree_of(key), "version": 2}
    sent = send(centre, alma, write([left]))
    assert sent.faults == []
    (unit,) = take_units(unit_import=sent, by=alma, at=timezone.now())
    assert unit.key == f"{key}--northgate"
    assert unit_tree(Unit.objects.select_related("awarding_body").get(pk=unit.pk)) == left
    positions = list(Criterion.objects.filter(unit=unit).values_list("position", flat=True))
    first = Unit.objects.get(key=key)
    assert positions == list(Criterion.objects.filter(unit=first).values_list("position", flat=True))
    paths = list(unit.evidence_requirements.values_list("path", "position"))
    assert paths == list(first.evidence_requirements.values_list("path", "position"))


def test_the_schema_beside_the_documents_is_the_one_that_is_gone_by() -> None:
    printed = json.loads((settings.BASE_DIR / "docs" / "units-format.schema.json").read_text())
    assert printed == json_schema()


def test_every_fault_is_said_with_its_place_and_nothing_is_taken(centre: Centre, alma: User) -> None:
    text = """format: nvq-portfolio-unit
format_version: 1
units:
  - key: Bad Key
    version: none
    awarding_body: nobody
    style: qcf
    short_code: S1
    colour: green
    level: 99999999999999999999999
    outcomes:
      - text: Do it
        criteria:
          - {number: 1.10, text: Do it well}
          - {number: 1.10, text: Do it better, wording: repaired}
          - {number: 1.2}
    related_criteria:
      - {number: 9.9, key: ocr-cc16, version: 1, related_number: 1.1}
"""
    sent = send(centre, alma, text.encode())
    said = sentences(sent)
    for expected in (
        "units 1 › key, line 4: “Bad Key” does not fit",
        "units 1 › version, line 5: “none” is no whole number.",
        "units 1 › colour, line 9: There is no such field here.",
        "units 1 › level, line 10: “99999999999999999999999” is no whole number.",
        "units 1 › outcomes 1 › criteria 2 › wording_note, line 15: Say here what was repaired",
        "units 1 › outcomes 1 › criteria 3 › text, line 16: This is missing.",
        "The criterion 1.10 is listed 2 times.",
        "There is no criterion 9.9 in the unit to be related to another.",
        "There is no awarding body “nobody” here. Known are: ocr, sqa.",
    ):
        assert expected in said
    with pytest.raises(Refusal, match="The file has faults"):
        take_units(unit_import=sent, by=alma, at=timezone.now())
    assert not Unit.objects.filter(centre=centre).exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not text"),
        (b"x: " + b"y" * 1_100_000, "larger than 1 MB"),
        (b"[" * 100_000, "nested more than"),
        (b'{"a": ' * 5_000 + b"1" + b"}" * 5_000, "nested more than"),
        (b"a:\n" + b"".join(b" " * i + b"- \n" for i in range(1, 60)) + b" " * 60 + b"- x", "nested more than"),
        (b"a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n", "anchor or alias"),
        (b"a: !!python/object/apply:os.system [ls]\n", "has a tag"),
        (b'{"format": 1, "format": 2}', "twice in one place"),
        (b"a: 1\na: 2\n", "twice in one place, on line 2"),
        (b"a: 1\n---\nb: 2\n", "several documents"),
        (b'{"a": "\\u0000"}', "a character that no text has"),
        (b'{"\\ud800": 1}', "a character that no text has"),
        (b'a: "\\0"', "a character that no text has"),
        (b"a: [1, 2\nb: 3", "is not YAML that can be read"),
        (b'{"format": ', "is not JSON that can be read"),
        (b"[" + b"1," * 60_000 + b"1]", "more than 40,000 parts"),
        (b"- 1\n" * 90_000, "more than 40,000 parts"),
    ],
)
def test_what_is_no_specification_is_refused_before_it_can_do_harm(
    centre: Centre, alma: User, content: bytes, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        send(centre, alma, content)
    assert not UnitImport.objects.exists()


def test_any_other_text_is_told_what_is_expected(centre: Centre, alma: User) -> None:
    assert "begins with format: nvq-portfolio-unit" in sentences(send(centre, alma, b"Dear centre,\n"))
    assert "begins with format: nvq-portfolio-unit" in sentences(send(centre, alma, b"[1e999, NaN]"))


def test_the_same_again_changes_nothing_and_other_words_need_a_new_version(centre: Centre, alma: User) -> None:
    assert "D20 version 1 is here already, word for word" in sentences(
        send(centre, alma, as_json([tree_of("ocr-d20")]))
    )
    other = {**tree_of("ocr-d20"), "purpose": "Another."}
    assert "in use here with other words, which never change" in sentences(send(centre, alma, as_json([other])))
    first, second = (send(centre, alma, as_json([small()])) for _ in range(2))
    (draft,) = take_units(unit_import=first, by=alma, at=timezone.now())
    with pytest.raises(Refusal, match="here already, word for word"):
        take_units(unit_import=second, by=alma, at=timezone.now())
    with pytest.raises(Refusal, match="taken already"):
        take_units(unit_import=first, by=alma, at=timezone.now())
    assert list(Unit.objects.filter(centre=centre)) == [draft]
    assert "S1 version 1 is a draft here with other words" in sentences(
        send(centre, alma, as_json([small(purpose="Other")]))
    )
    both = send(centre, alma, as_json([small(version=2), small(version=2)]))
    assert "small version 2 stands in the file twice" in sentences(both)


def test_the_same_again_is_known_whatever_stands_beside_it(centre: Centre, alma: User) -> None:
    """In what order standards are listed, a kind that goes without saying, and the cross-walk make no other words."""
    rows = [{"occupational_standards": "S", "unit_number": number, "title": "T"} for number in ("S2", "S10")]
    outcomes = [
        {"number": "1", "text": "Do", "criteria": [{"number": "1.1", "text": "Do it", "kind": "assessment"}]},
        {"number": "2", "text": "Say", "criteria": [{"number": "2.1", "text": "Say it", "kind": "knowledge"}]},
    ]
    lost = {"number": "1.1", "key": "nowhere", "version": 1, "related_number": "1.1"}
    known = {**lost, "key": "ocr-cc16"}
    content = as_json([small(nos_references=rows, outcomes=outcomes, related_criteria=[lost, known])])
    sent = send(centre, alma, content)
    assert sent.notes == ["Criteria related to nowhere version 1 are left out: there is no such criterion in use here."]
    (first,) = take_units(unit_import=sent, by=alma, at=timezone.now())
    assert [row.kind for row in first.criteria.order_by("position")] == ["assessment", "knowledge"]
    assert "here already, word for word" in sentences(send(centre, alma, content))
    publish(unit=first, by=alma, at=timezone.now())
    beside = small(key="beside", related_criteria=[{**lost, "key": "small"}])
    take_units(unit_import=send(centre, alma, as_json([beside])), by=alma, at=timezone.now())
    assert "here already, word for word" in sentences(send(centre, alma, content))


def test_a_cross_walk_is_looked_up_at_once(centre: Centre, alma: User) -> None:
    rows = [{"number": "1.1", "key": f"other-{place}", "version": 1, "related_number": "1.1"} for place in range(40)]
    with CaptureQueriesContext(connection) as queries:
        send(centre, alma, as_json([small(related_criteria=rows)]))
    assert len(queries) < 20


def test_a_draft_is_discarded_or_published_for_good_each_with_its_line(centre: Centre, alma: User) -> None:
    rich = {**tree_of("sqa-h12e04"), "version": 2}
    (draft,) = take_units(unit_import=send(centre, alma, as_yaml([rich])), by=alma, at=timezone.now())
    discard_draft(unit=Unit.objects.get(pk=draft.pk), by=alma, at=timezone.now())
    for late in (discard_draft, publish):
        with pytest.raises(Refusal, match="is discarded already"):
            late(unit=draft, by=alma, at=timezone.now())
    assert not Unit.objects.filter(centre=centre).exists()
    (draft,) = take_units(unit_import=send(centre, alma, as_yaml([rich])), by=alma, at=timezone.now())
    publish(unit=draft, by=alma, at=timezone.now())
    with pytest.raises(Refusal, match="is published, so it stands"):
        discard_draft(unit=draft, by=alma, at=timezone.now())
    sent = send(centre, alma, b"x")
    throw_units_away(unit_import=UnitImport.objects.get(pk=sent.pk), by=alma, at=timezone.now())
    for act in (take_units, throw_units_away):
        with pytest.raises(Refusal, match="thrown away already"):
            act(unit_import=sent, by=alma, at=timezone.now())
    verbs = list(AuditEvent.objects.filter(chain__centre=centre).order_by("pk").values_list("verb", flat=True))
    sent_and_taken = ["send units", "take units"]
    assert verbs == [*sent_and_taken, "discard draft", *sent_and_taken, "publish", "send units", "throw units away"]


def test_a_file_that_nobody_takes_is_forgotten_after_a_while(centre: Centre, alma: User) -> None:
    taken, left = send(centre, alma, as_json([small()])), send(centre, alma, b"x")
    take_units(unit_import=taken, by=alma, at=timezone.now())
    assert sweep(timezone.now() + KEPT_FOR - datetime.timedelta(days=1)) == 0
    assert sweep(timezone.now() + KEPT_FOR + datetime.timedelta(days=1)) == 1
    assert [row.pk for row in UnitImport.objects.all()] == [taken.pk]
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.subject_id) == ("throw units away", None, left.pk)


def test_only_the_centres_administrators_do_any_of_it(centre: Centre, alma: User) -> None:
    stranger = User.objects.create_user("stranger@example.org")
    sent = send(centre, alma, as_json([small()]))
    at = timezone.now()
    (draft,) = take_units(unit_import=send(centre, alma, as_json([small(version=2)])), by=alma, at=at)
    for act in (
        lambda: send(centre, stranger, b"x"),
        lambda: take_units(unit_import=sent, by=stranger, at=at),
        lambda: throw_units_away(unit_import=sent, by=stranger, at=at),
        lambda: publish(unit=draft, by=stranger, at=at),
        lambda: discard_draft(unit=draft, by=stranger, at=at),
    ):
        with pytest.raises(Refusal, match="Only an administrator of Northgate Training"):
            act()
    standard = Unit.objects.get(key="ocr-d20")
    with pytest.raises(Refusal, match="comes with the standard"):
        publish(unit=standard, by=alma, at=at)
    with pytest.raises(Refusal, match="comes with the standard"):
        discard_draft(unit=standard, by=alma, at=at)
