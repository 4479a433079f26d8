"""Formats of others: read as they are published, written so that they come back, and no loss unsaid."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.actions import send_units, take_units
from units.exchange.checking import checked
from units.exchange.describing import unit_tree
from units.exchange.faults import Tree
from units.exchange.formats import WAYS, recognised
from units.exchange.moodle import HEADS
from units.exchange.trees import Asked, shortened
from units.models import AwardingBody, Unit, UnitImport
from units.standard import KEYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"
TREES = ["telephone-moodle.csv", "telephone-v1.matrix", "telephone-v2.matrix", "telephone.case.json"]
BODIES = {"ocr": "ocr", "sqa": "sqa"}
HELD_BY_WORDS = ("short_code", "title", "purpose", "style")
HELD = {
    "moodle": (*HELD_BY_WORDS, "key", "version"),
    "matrix1": HELD_BY_WORDS,
    "matrix2": HELD_BY_WORDS,
}


def tree_of(key: str) -> Tree:
    return unit_tree(Unit.objects.select_related("awarding_body").get(key=key))


def read(content: bytes, name: str = "file", body: str = "ocr") -> tuple[list[Tree], str, str]:
    """The units of a file, its faults and its notes."""
    _, found = recognised(content, name, Asked(body), BODIES)
    units, faults = checked(found)
    return units, "\n".join(f"{one.place}: {one.sentence}" for one in faults), "\n".join(found.notes)


def words_of(unit: Tree) -> Any:
    """The outcomes and criteria of a unit, as far as a tree of words can hold them."""

    def row(one: Tree) -> tuple[str, str]:
        return (one["number"], one["text"])

    outcomes = [
        (one.get("number", ""), one.get("kind", ""), one["text"], [row(each) for each in one.get("criteria", [])])
        for one in unit["outcomes"]
    ]
    return outcomes, [row(each) for each in unit.get("knowledge", [])]


# --- files as others write them --------------------------------------------------------------------------------------


def test_our_own_example_is_taken_whole(centre: Centre, alma: User) -> None:
    content = (EXAMPLES / "telephone.yaml").read_bytes()
    sent = send_units(centre=centre, content=content, name="telephone.yaml", by=alma, at=timezone.now())
    assert sent.faults == []
    (unit,) = take_units(unit_import=sent, by=alma, at=timezone.now())
    assert list(unit.criteria.values_list("number", flat=True)) == ["1.1", "1.10", "2.1"]


@pytest.mark.parametrize("name", TREES)
def test_a_file_in_its_published_format_is_taken_as_the_same_unit(centre: Centre, alma: User, name: str) -> None:
    body = AwardingBody.objects.get(code="ocr")
    content = (EXAMPLES / name).read_bytes()
    sent = send_units(centre=centre, content=content, name=name, by=alma, at=timezone.now(), awarding_body=body)
    assert sent.faults == []
    (unit,) = take_units(unit_import=sent, by=alma, at=timezone.now())
    found = unit_tree(Unit.objects.select_related("awarding_body").get(pk=unit.pk))
    (own,), _, _ = read((EXAMPLES / "telephone.yaml").read_bytes())
    assert words_of(found) == words_of(own)
    for part in ("short_code", "title", "purpose", "style", "version", "awarding_body"):
        assert found[part] == own[part], part
    assert any("empty. To add them, export the draft as YAML" in note for note in sent.notes)


def test_what_a_file_of_others_has_beside_is_said_to_be_left_out() -> None:
    notes = {name: read((EXAMPLES / name).read_bytes())[2] for name in TREES}
    assert "Descriptions are HTML: their words are kept" in notes["telephone-moodle.csv"]
    assert "Scales, rules and cross-references of Moodle are not read" in notes["telephone-moodle.csv"]
    assert "What stands below criteria of “Be able to answer calls”" in notes["telephone-v2.matrix"]
    assert "1 associations that say something else" in notes["telephone.case.json"]


# --- there and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_case_brings_a_unit_back_as_it_left(key: str) -> None:
    left = tree_of(key)
    units, faults, _ = read(WAYS["case"].write(left, timezone.now()), body="")
    assert (units, faults) == ([left], "")


@pytest.mark.parametrize("kind", HELD)
@pytest.mark.parametrize("key", KEYS)
def test_what_does_not_come_back_was_said_before(key: str, kind: str) -> None:
    """Every field either comes back the same, or is named among the losses."""
    left = tree_of(key)
    (back,), faults, _ = read(WAYS[kind].write(left, timezone.now()), body=left["awarding_body"])
    assert faults == ""
    assert words_of(back) == words_of(left)
    said = " ".join(WAYS[kind].loses(left)).casefold()
    lists = {
        "evidence_requirements": "evidence requirement",
        "nos_references": "standard",
        "functional_skills": "skill",
    }
    named = {
        **{name: name.replace("_", " ") for name in left},
        **lists,
        "credit_value": "credits",
        "unit_reference_number": "reference number",
        "public_reference_number": "reference number from public lists",
        "body_unit_number": "the awarding body’s number",
        "sector_unit_number": "the sector’s number",
        "related_criteria": "related criteri",
        "public_title": "from public lists",
        "simulation_allowed": "settings",
        "realistic_working_environment_allowed": "settings",
        "work_placement_allowed": "settings",
    }
    for name, value in left.items():
        if name not in ("outcomes", "knowledge") and back.get(name) != value:
            assert named[name] in said, name
    if any(row.get("teaching") for row in left["outcomes"]):
        assert "teaching point" in said
    assert all(back[name] == left[name] for name in HELD[kind] if name in left)


def test_moodle_gets_the_columns_that_it_reads_in_its_order() -> None:
    rows = list(csv.reader(io.StringIO(WAYS["moodle"].write(tree_of("ocr-d20"), timezone.now()).decode("utf-8-sig"))))
    assert rows[0] == list(HEADS)
    assert {len(row) for row in rows} == {14}
    assert [row[12] for row in rows[1:]] == ["1", *[""] * (len(rows) - 2)]
    ids = [row[1] for row in rows[1:]]
    assert len(set(ids)) == len(ids)
    assert {row[0] for row in rows[2:]} <= {"", *ids}
    assert max(len(row[place]) for row in rows for place in (0, 1, 2)) <= 100
    assert json.loads(rows[1][6])[1]["proficient"] == 1


@pytest.mark.parametrize("kind", ["matrix1", "matrix2"])
def test_mahara_gets_no_name_longer_than_it_takes(kind: str) -> None:
    unit = tree_of("ocr-d20")
    unit["outcomes"][0]["criteria"][0]["text"] = "Words " * 100 + "end"
    content = WAYS[kind].write(unit, timezone.now())
    framework = json.loads(content)["framework"]
    elements = framework.get("standardelements") or [
        row for standard in framework["standards"] for row in standard["standardelement"]
    ]
    assert max(len(row["name"]) for row in [*framework["standards"], *elements]) <= 255
    assert max(len(row["shortname"]) for row in [*framework["standards"], *elements]) <= 100
    (back,), _, _ = read(content)
    assert back["outcomes"][0]["criteria"][0]["text"] == unit["outcomes"][0]["criteria"][0]["text"]


# --- several units, other numbers, and faults ------------------------------------------------------------------------


def table(*rows: str) -> bytes:
    """A table of Moodle's: parent, id, short name and description of each row, the framework first."""
    lines = [",".join(f'"{head}"' for head in HEADS)]
    for place, row in enumerate(rows):
        lines.append(",".join([*row.split("|"), "2", "", "", "", "", "", "", "", "1" if place == 0 else "", ""]))
    return "\n".join(lines).encode()


def test_a_framework_of_three_levels_holds_units() -> None:
    units, faults, notes = read(
        table(
            "|f|A whole award|", "|U1|U1|One", "U1|o|1|Do", "o|c|1.1|Do it", "|U2|U2|Two", "U2|p|1|Be", "p|d|1.1|Be it"
        )
    )
    assert faults == ""
    assert [(unit["short_code"], unit["title"]) for unit in units] == [("U1", "One"), ("U2", "Two")]
    assert "each of its 2 entries is read as a unit" in notes


def test_numbers_that_do_not_fit_are_made_anew_and_that_is_said() -> None:
    (unit,), faults, notes = read(
        table("|f|F: G|", "|first-of-all|Doing|", "first-of-all|the-criterion-one|Act|Act well")
    )
    assert faults == ""
    assert words_of(unit)[0] == [("", "", "Doing", [("1.1", "Act well")])]
    assert "its criteria are numbered anew" in notes


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (table("|f|F|", "|a|1|One", "b|c|1.1|Lost"), "row 4, line 4: There is no row with its parent’s ID b."),
        (table("|f|F|", "|a||One", "a|c|1.1|x"), "row 3, line 3: The row has no short name: Moodle would drop it"),
        (table("|f|F|", "|a|1|One", "|a|2|Two"), "The ID number a stands in two rows."),
        (table("|f|F|", "|a|1|x", "a|b|1.1|x", "c|d|2|x", "d|c|3|x"), "2 rows stand below each other in a circle."),
        (table("|f|F|", "|a|1|x", "a|b|1|x", "b|c|1|x", "c|d|1|x"), "The framework is 4 levels deep."),
        (table("|f|F|").replace(b',"1",', b",").replace(b",1,", b",,"), "No row is the framework"),
        (table("|f|F|"), "A unit has at least one criterion"),
        (b'{"framework": {"standards": [1]}}', "framework › standards 1: Fields with names are expected here."),
        (b'{"framework": {"standards": {}}}', "framework › name: A framework has a name"),
        (
            b'{"framework": {"name": "x", "standards": [], "standardelements": [{"standardid": 4}]}}',
            "framework › standardelements 1 › standardid: There is no standard 4.",
        ),
        (b'{"CFDocument": {"title": "x"}}', "CFItems: A list is expected here."),
        (b'{"CFDocument": {}, "CFItems": [{"identifier": "a"}, {"identifier": "a"}]}', "a stands here twice."),
        (
            b'{"CFDocument": {}, "CFItems": [{"identifier": "a"}], "CFAssociations": [{"associationType": "isChildOf",'
            b' "originNodeURI": {"identifier": "a"}, "destinationNodeURI": {"identifier": "a"}}]}',
            "1 items stand below each other in a circle.",
        ),
        (
            b'{"CFDocument": {"creator": "x", "extensions": {"nvq-portfolio-unit": {"level": [], "colour": 1}}},'
            b' "CFItems": []}',
            "CFDocument › level: “[]” is no whole number.",
        ),
    ],
)
def test_faults_of_other_formats_are_said_with_their_places(content: bytes, sentence: str) -> None:
    assert sentence in read(content)[1]


def test_a_table_without_end_and_a_cell_without_end_are_refused(centre: Centre, alma: User) -> None:
    endless = table("|f|F|", *(f"|{place}|{place}|x" for place in range(6_000)))
    for content, sentence in ((endless, "more than 5,000 rows"), (table("|f|F|" + "x" * 200_000), "no table that can")):
        with pytest.raises(Refusal, match=sentence):
            send_units(centre=centre, content=content, name="t.csv", by=alma, at=timezone.now())
    assert not UnitImport.objects.exists()


def test_markup_and_spaces_without_end_cost_no_time() -> None:
    hostile = "<p" * 50_000 + " " * 200_000 + "\n" * 50_000 + "<" * 50_000
    content = json.dumps({"framework": {"name": "x", "description": hostile, "standards": []}}).encode()
    assert "characters; at most 20,000 are kept" in read(content)[1]


def test_nothing_in_a_table_is_run_by_whoever_opens_it() -> None:
    unit = tree_of("ocr-d20")
    unit["outcomes"][0]["text"] = '=HYPERLINK("http://example.org")'
    unit["purpose"] = "@SUM(A1)"
    content = WAYS["moodle"].write(unit, timezone.now())
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    (back,), _, _ = read(content)
    assert (back["outcomes"][0]["text"], back["purpose"]) == (unit["outcomes"][0]["text"], "@SUM(A1)")


def test_names_are_shortened_at_their_end() -> None:
    assert shortened("one  two", 7) == "one two"
    assert shortened("one two three", 8) == "one two…"


# --- for every centre ------------------------------------------------------------------------------------------------


def test_the_operator_loads_a_unit_for_every_centre(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(EXAMPLES / name) for name in ("telephone.yaml", "telephone-next.yaml")]
    call_command("load_units", *files)
    assert "Published OCR T1 Answer the telephone (version 2)." in capsys.readouterr().out
    assert Unit.objects.offered_at(centre).filter(key="answer-telephone", centre=None).count() == 2
    with pytest.raises(CommandError, match=r"Nothing was loaded\..*\n.*T1 version 1 is here already, word for word"):
        call_command("load_units", files[0])


def test_nothing_is_loaded_of_files_of_which_one_has_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(EXAMPLES / name) for name in ("telephone.yaml", "telephone-faulty.yaml")]
    with pytest.raises(CommandError, match=r"colour, line 7: There is no such field here\."):
        call_command("load_units", *files)
    assert "Published" not in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_units", "nowhere.yaml")
    with pytest.raises(CommandError, match="There is no awarding body “nobody”"):
        call_command("load_units", files[0], awarding_body="nobody")
    assert not Unit.objects.filter(key="answer-telephone").exists()
    call_command("load_units", str(EXAMPLES / "telephone-v1.matrix"), awarding_body="ocr", version_number=3)
    assert Unit.objects.get(key="ocr-t1").version == 3
