"""Rows of a table of people: known by their headings, cleaned cell by cell."""

import pytest

from portfolio.columns import PEOPLE, Recognised, recognise
from portfolio.enums import Role
from portfolio.people_rows import PersonRow, person_row
from portfolio.refusal import Refusal


def row(**cells: str) -> PersonRow:
    return person_row(2, list(cells.values()), {name: place for place, name in enumerate(cells)})


def problems(**cells: str) -> dict[str, str]:
    return dict(row(**cells).problems)


# --- headings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-mail", "email"), ("EMAIL ADDRESS", "email"), ("e_mail", "email"), ("Legal name", "name"),
        ("Forename(s)", "first_name"), ("Unique Learner Number", "uln"), ("Centre's own reference", "centre_reference"),
    ],
)  # fmt: skip
def test_a_heading_is_known_however_it_is_written(heading: str, field: str) -> None:
    other = "ULN" if field != "uln" else "E-mail"
    assert recognise([heading, other], PEOPLE).places[field] == 0


def test_every_column_of_the_template_is_known_by_its_own_heading() -> None:
    heads = [column.head for column in PEOPLE]
    assert recognise(heads, PEOPLE) == Recognised({column.field: place for place, column in enumerate(PEOPLE)}, [])


def test_headings_that_say_nothing_are_named_and_those_of_our_own_list_passed_over() -> None:
    assert recognise(["Row", "E-mail", "Shoe size", "", "Reason"], PEOPLE) == Recognised({"email": 1}, ["Shoe size"])


def test_two_columns_that_mean_the_same_are_refused() -> None:
    with pytest.raises(Refusal, match="“E-mail” and “Email address” mean the same"):
        recognise(["E-mail", "Email address"], PEOPLE)


def test_a_table_in_which_nobody_could_be_told_apart_is_refused() -> None:
    with pytest.raises(Refusal, match="No column tells people apart"):
        recognise(["Full name", "Employer"], PEOPLE)


# --- cells -----------------------------------------------------------------------------------------------------------


def test_a_row_is_of_a_candidate_unless_it_says_otherwise() -> None:
    found = row(
        email="Ann@Example.org", name="Ann Lee", uln="927 630 8686", language="Cymraeg", registered_on="14/09/2026"
    )
    assert found.problems == []
    assert (found.is_staff, found.roles) == (False, [Role.CANDIDATE])
    assert found.clean == {
        "email": "ann@example.org",
        "name": "Ann Lee",
        "uln": "9276308686",
        "language": "welsh",
        "registered_on": "2026-09-14",
    }


def test_first_names_and_surname_make_the_name() -> None:
    assert row(first_name="Siân Llŷr", last_name="Morgan").name == "Siân Llŷr Morgan"
    assert problems(last_name="Morgan") == {"first_name": "Half of the name is missing."}


def test_zeros_that_a_spreadsheet_took_off_a_scottish_number_come_back_where_the_check_digit_agrees() -> None:
    assert row(scn="51234561").clean["scn"] == "051234561"
    assert "Scottish candidate number" in problems(scn="51234562")["scn"]


@pytest.mark.parametrize("said", ["Assessor; IV", "assessor, internal verifier", "Assessor and IQA"])
def test_staff_may_have_several_roles_in_the_words_of_the_trade(said: str) -> None:
    found = row(roles=said)
    assert (found.roles, found.is_staff) == ([Role.ASSESSOR, Role.INTERNAL_VERIFIER], True)


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("email", "ann at example", "is not an e-mail address"),
        ("uln", "9999999999", "is not a unique learner number"),
        ("uln", "TBC", "has ten digits"),
        ("uci", "12", "thirteen characters"),
        ("roles", "driver", "is none of the roles"),
        ("roles", "candidate; assessor", "gets two rows"),
        ("language", "Klingon", "is none of these"),
        ("registered_on", "31/02/2026", "is not a day"),
        ("registered_on", "0026-01-01", "is not a day"),
        ("centre_reference", "x" * 31, "30 is the most"),
        ("job_title", "Boss", "Candidates have none"),
    ],
)
def test_what_cannot_be_right_is_said_by_column(name: str, said: str, sentence: str) -> None:
    assert sentence in problems(**{name: said})[name]


def test_staff_have_no_numbers_of_candidates() -> None:
    assert set(problems(roles="assessor", uln="9276308686", workplace="Leith")) == {"uln", "workplace"}
