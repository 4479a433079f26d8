"""Whether a unit keeps pace with its target date, and how soon feedback comes: the published rules, in numbers."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assessments.enums import Pace, UnitStatus
from assessments.pace import (
    PACED,
    TOLERANCE,
    in_words,
    pace_dates,
    pace_examples,
    pace_of,
    pace_on,
    time_to_feedback,
)

START = datetime.date(2026, 3, 1)


def after(days: int) -> datetime.date:
    return START + datetime.timedelta(days=days)


def as_the_rule_says(accepted: int, criteria: int, days: int, passed: int) -> Pace:
    """The published rule word by word, in fractions."""
    if accepted == criteria:
        return Pace.AHEAD if passed < days else Pace.ON_TRACK
    if passed > days:
        return Pace.BEHIND
    elapsed = Fraction(max(passed, 0), days) if days else Fraction(0)
    lead = Fraction(accepted, criteria) - elapsed
    if lead < -Fraction(TOLERANCE, 100):
        return Pace.BEHIND
    return Pace.AHEAD if lead > Fraction(TOLERANCE, 100) and passed < days + 1 and days else Pace.ON_TRACK


@given(criteria=some.integers(1, 60), share=some.floats(0, 1), days=some.integers(1, 800), passed=some.integers(0, 900))
def test_the_days_kept_say_what_the_rule_says(criteria: int, share: float, days: int, passed: int) -> None:
    accepted = round(share * criteria)
    found = pace_on(accepted, criteria, START, after(days), after(passed))
    assert found == as_the_rule_says(accepted, criteria, days, passed)


def test_a_unit_begins_on_track_and_falls_behind_where_nothing_is_accepted() -> None:
    assert pace_on(0, 30, START, after(100), after(10)) == Pace.ON_TRACK
    assert pace_on(0, 30, START, after(100), after(11)) == Pace.BEHIND


def test_after_the_target_date_only_all_is_enough() -> None:
    assert pace_on(29, 30, START, after(100), after(100)) == Pace.ON_TRACK
    assert pace_on(29, 30, START, after(100), after(101)) == Pace.BEHIND
    assert pace_on(30, 30, START, after(100), after(101)) == Pace.ON_TRACK


def test_a_unit_aimed_at_the_day_it_starts_is_behind_from_the_next() -> None:
    assert pace_on(0, 30, START, START, START) == Pace.ON_TRACK
    assert pace_on(0, 30, START, START, after(1)) == Pace.BEHIND


def test_there_is_no_pace_without_a_target_or_criteria() -> None:
    assert pace_dates(3, 30, START, None) is None
    assert pace_dates(0, 0, START, after(9)) is None


@pytest.mark.parametrize("status", [status for status in UnitStatus if status not in PACED])
def test_a_unit_suspended_or_signed_off_has_no_pace(status: UnitStatus) -> None:
    assert pace_of(pace_dates(0, 30, START, after(1)), status, after(9)) is None


def test_the_examples_show_all_three() -> None:
    shown = [row.pace for row in pace_examples()]
    assert shown == [Pace.BEHIND, Pace.ON_TRACK, Pace.ON_TRACK, Pace.AHEAD, Pace.BEHIND]


# --- time to feedback ------------------------------------------------------------------------------------------------


def read_after(*hours: int) -> list[int | None]:
    return [3600 * each for each in hours]


def test_the_median_is_the_middle_one_and_of_an_even_number_midway() -> None:
    assert time_to_feedback(read_after(100, 1, 5)).median == datetime.timedelta(hours=5)
    assert time_to_feedback(read_after(4, 8)).median == datetime.timedelta(hours=6)


def test_who_was_not_the_first_to_read_is_not_counted() -> None:
    found = time_to_feedback([None, *read_after(3), None])
    assert (found.median, found.read) == (datetime.timedelta(hours=3), 1)


def test_what_waits_is_counted_apart_from_the_median() -> None:
    found = time_to_feedback(read_after(2), waiting=7)
    assert (found.median, found.read, found.waiting) == (datetime.timedelta(hours=2), 1, 7)
    nothing = time_to_feedback([], waiting=3)
    assert (nothing.median, nothing.words, nothing.days, nothing.waiting) == (None, "", None, 3)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.2, "less than an hour"), (1, "1 hour"), (5.4, "5 hours"), (47, "47 hours"), (48, "2 days"), (80, "3 days")],
)
def test_the_median_is_said_in_hours_below_two_days(hours: float, words: str) -> None:
    assert in_words(datetime.timedelta(hours=hours)) == words
