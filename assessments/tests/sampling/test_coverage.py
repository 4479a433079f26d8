"""Coverage counts what was done, says what is missing in words, and whether anything planned will mend it."""

from dataclasses import replace

import pytest

from assessments.enums import RiskLevel, SampleStage
from assessments.sampling import Cell, Covered, Part, Policy, Rates, Ratings, Seen, cover

INTERIM, SUMMATIVE = frozenset({SampleStage.INTERIM}), frozenset({SampleStage.SUMMATIVE})
NOTHING: frozenset[SampleStage] = frozenset()
LOW = Policy(rates=Rates(100, 50, 20), interim=0)


def a_cell(number: int, *, assessor: str = "Asha", unit: str = "CC26", site: str = "", **facts: object) -> Cell:
    name = f"Candidate {number}"
    return Cell(key=f"{number}/{unit}", candidate=name, unit=unit, assessor=assessor, site=site, **facts)  # type: ignore[arg-type]


def line(lines: list[Covered], part: Part, about: str) -> Covered:
    return next(each for each in lines if (each.part, each.about) == (part, about))


def test_a_planned_sample_covers_nothing_until_it_is_taken() -> None:
    seen = [Seen(a_cell(1), planned=SUMMATIVE), Seen(a_cell(2))]
    candidates = line(cover(seen, LOW, Ratings()), Part.CANDIDATES, "Every candidate")
    assert (candidates.wanted, candidates.done, candidates.planned, candidates.missing) == (2, 0, 1, 2)
    assert candidates.names == ("Candidate 1", "Candidate 2")
    assert candidates.words == "2 missing: 1 planned, 1 to be planned."
    taken = line(cover([replace(seen[0], done=SUMMATIVE), seen[1]], LOW, Ratings()), Part.CANDIDATES, "Every candidate")
    assert (taken.done, taken.summative, taken.interim, taken.names) == (1, 1, 0, ("Candidate 2",))
    assert taken.words == "1 missing, and nothing planned."


def test_a_unit_sampled_at_both_stages_counts_once_and_is_named_under_both() -> None:
    found = line(cover([Seen(a_cell(1), done=INTERIM | SUMMATIVE)], LOW, Ratings()), Part.ASSESSORS, "Asha")
    assert (found.done, found.interim, found.summative, found.words) == (1, 1, 1, "Covered.")


@pytest.mark.parametrize(("level", "wanted"), [(RiskLevel.HIGH, 5), (RiskLevel.MEDIUM, 3), (RiskLevel.LOW, 1)])
def test_what_is_wanted_of_an_assessor_goes_with_their_risk(level: RiskLevel, wanted: int) -> None:
    seen = [Seen(a_cell(number), done=SUMMATIVE if number == 1 else NOTHING) for number in range(1, 6)]
    found = line(cover(seen, LOW, Ratings(assessors={"Asha": level})), Part.ASSESSORS, "Asha")
    assert (found.wanted, found.missing) == (wanted, wanted - 1)


def test_a_kind_is_covered_once_evidence_of_it_was_looked_at_not_with_its_unit() -> None:
    policy = replace(LOW, kinds=("Observation",))
    seen = Seen(
        a_cell(1, kinds=frozenset({"Observation", "Questions"})), done=SUMMATIVE, kinds=frozenset({"Questions"})
    )
    assert line(cover([seen], policy, Ratings()), Part.METHODS, "Asha: Observation").missing == 1
    looked = replace(seen, kinds=frozenset({"Observation"}))
    assert line(cover([looked], policy, Ratings()), Part.METHODS, "Asha: Observation").words == "Covered."


def test_all_simulated_evidence_is_one_line_that_names_what_is_missing() -> None:
    seen = [Seen(a_cell(1, simulated=True), done=SUMMATIVE), Seen(a_cell(2, simulated=True), planned=SUMMATIVE)]
    found = line(cover(seen, LOW, Ratings()), Part.METHODS, "Simulated evidence")
    assert (found.wanted, found.done, found.names) == (2, 1, ("Candidate 2, CC26",))
    assert found.words == "1 missing: planned, not done yet."


def test_one_of_each_kind_of_record_that_exists_is_looked_at() -> None:
    seen = [
        Seen(a_cell(1), done=INTERIM, holds=frozenset({"Observation", "Feedback"}), records=frozenset({"Feedback"})),
        Seen(a_cell(2), holds=frozenset({"Observation"})),
    ]
    lines = [each for each in cover(seen, LOW, Ratings()) if each.part == Part.RECORDS]
    assert [(each.about, each.missing) for each in lines] == [("Observation", 1), ("Feedback", 0)]


def test_interim_samples_are_a_share_of_what_the_risk_asks_for_and_no_more_than_there_can_be() -> None:
    policy = Policy(rates=Rates(100, 50, 20), interim=50)
    open_units = [Seen(a_cell(number)) for number in (1, 2)]
    signed = [Seen(a_cell(number, signed_off=True), done=SUMMATIVE) for number in (3, 4, 5, 6)]
    high = Ratings(assessors={"Asha": RiskLevel.HIGH})
    found = line(cover([*open_units, *signed], policy, high), Part.STAGES, "Asha")
    assert (found.wanted, found.done) == (2, 0), "half of six is three, but only two are open"
    was_interim = replace(signed[0], done=INTERIM | SUMMATIVE)
    found = line(cover([*open_units, was_interim, *signed[1:]], policy, high), Part.STAGES, "Asha")
    assert (found.wanted, found.done) == (3, 1), "a unit sampled before it was signed off counts"


def test_what_is_missing_and_not_planned_comes_first_and_order_of_facts_does_not_matter() -> None:
    seen = [
        Seen(a_cell(1, assessor="Asha"), done=SUMMATIVE),
        Seen(a_cell(2, assessor="Brân"), planned=SUMMATIVE),
        Seen(a_cell(3, assessor="Carys")),
    ]
    lines = cover(seen, LOW, Ratings())
    assert [each.about for each in lines if each.part == Part.ASSESSORS] == ["Carys", "Brân", "Asha"]
    assert cover(reversed(seen), LOW, Ratings()) == lines


def test_nothing_is_wanted_of_nothing() -> None:
    assert cover([], LOW, Ratings()) == []
