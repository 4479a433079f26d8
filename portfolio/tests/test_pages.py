"""A page is read and counted in one query, wherever it lies in its list."""

import pytest
from django.db import connection
from django.db.models import Count, QuerySet, Window
from django.test.utils import CaptureQueriesContext

from portfolio.compiled import compiled
from portfolio.models import Centre
from portfolio.pages import counted_page
from portfolio.testing import a_centre

pytestmark = pytest.mark.django_db


@compiled
def centres(least: int) -> QuerySet[Centre, tuple[str, int]]:
    found = Centre.objects.filter(pk__gte=least).order_by("pk")
    return found.annotate(number=Window(Count("*"))).values_list("name", "number")


@pytest.mark.parametrize(
    ("number", "shown", "on", "queries"),
    [
        (None, ["A", "B"], 1, 1),
        ("2", ["C", "D"], 2, 1),
        ("3", ["E"], 3, 1),
        ("9", ["E"], 3, 3),
        ("-1", ["A", "B"], 1, 1),
        ("x", ["A", "B"], 1, 1),
    ],
)
def test_it_is_the_page_asked_for_of_as_many_as_there_are(
    number: str | None, shown: list[str], on: int, queries: int
) -> None:
    first = min(a_centre(name).pk for name in "ABCDE")
    with CaptureQueriesContext(connection) as asked:
        page = counted_page(centres.listed(first), number, 2)
        names = [name for name, _ in page]
    assert (names, page.number, page.paginator.count, page.paginator.num_pages) == (shown, on, 5, 3)
    assert len(asked) == queries


def test_of_nothing_there_is_one_empty_page() -> None:
    page = counted_page(centres.listed(10_000_000), None, 2)
    assert (list(page), page.paginator.count, page.has_other_pages()) == ([], 0, False)
