"""It counts the days on which a centre works."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.enums import Country
from portfolio.workdays import is_working_day, working_days_after, working_days_between

EW, SC, NI = Country.ENGLAND_WALES, Country.SCOTLAND, Country.NORTHERN_IRELAND
DAYS = st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 12, 31))


def on(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "number", "country", "ends"),
    [
        ("2026-06-01", 0, EW, "2026-06-01"),
        ("2026-06-01", 5, EW, "2026-06-08"),  # a week and its week-end
        ("2026-06-05", 1, EW, "2026-06-08"),  # from a Friday
        ("2026-06-06", 1, EW, "2026-06-08"),  # from a Saturday
        ("2026-04-02", 1, EW, "2026-04-07"),  # over Good Friday and Easter Monday
        ("2026-04-02", 1, SC, "2026-04-06"),  # Easter Monday is none of Scotland's
        ("2026-03-16", 1, NI, "2026-03-18"),  # Saint Patrick's Day
        ("2026-03-16", 1, EW, "2026-03-17"),
        ("2026-11-27", 1, SC, "2026-12-01"),  # Saint Andrew's Day
        ("2026-12-24", 3, EW, "2026-12-31"),  # Christmas, and Boxing Day's Monday
        ("2026-12-31", 1, EW, "2027-01-04"),  # into another year
        ("2026-12-31", 1, SC, "2027-01-05"),  # 2 January 2027 is a Saturday, so Scotland keeps the Monday
    ],
)
def test_a_term_ends_on_its_last_working_day(start: str, number: int, country: str, ends: str) -> None:
    assert working_days_after(on(start), number, country) == on(ends)


@given(DAYS, st.integers(1, 40), st.sampled_from(Country))
def test_a_term_ends_on_a_working_day_and_holds_as_many_as_it_says(
    start: datetime.date, number: int, country: Country
) -> None:
    ends = working_days_after(start, number, country)
    assert is_working_day(ends, country)
    assert working_days_between(start, ends, country) == number
    assert working_days_between(ends, start, country) == -number


def test_a_term_leads_into_the_future() -> None:
    with pytest.raises(ValueError, match="future"):
        working_days_after(on("2026-06-01"), -1, EW)
