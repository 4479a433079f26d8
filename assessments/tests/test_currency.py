"""It asks whether old prior learning is current, and refuses nothing."""

import datetime

import pytest

from assessments.currency import currency_warning, years_between

TODAY = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("achieved", "years"),
    [("2023-06-01", 3), ("2023-06-02", 2), ("2024-02-29", 2), ("2026-06-01", 0), ("2026-07-01", -1)],
)
def test_whole_years_are_counted(achieved: str, years: int) -> None:
    assert years_between(datetime.date.fromisoformat(achieved), TODAY) == years


def test_it_warns_from_the_age_the_centre_names() -> None:
    assert currency_warning(None, TODAY, 3) == ""
    assert currency_warning(datetime.date(2023, 6, 2), TODAY, 3) == ""
    assert currency_warning(datetime.date(2023, 6, 1), TODAY, 3).startswith("This was achieved 3 years ago. After 3")
    assert currency_warning(datetime.date(2023, 6, 1), TODAY, 4) == ""
    assert "1 year ago. After 1 year the" in currency_warning(datetime.date(2025, 6, 1), TODAY, 1)
