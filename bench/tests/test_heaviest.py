"""Queries are told apart by what they ask, not by whom for, and a table read through is seen."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from bench.heaviest import Query, Watch, explained, of_files, places, read_through
from portfolio.compiled import compiled
from portfolio.models import Centre, User

PLAN = [
    "Hash Join  (cost=1.00..2.00 rows=1 width=8)",
    "  ->  Parallel Seq Scan on assessments_mapping u0  (cost=0.00..1.00 rows=9 width=8)",
    "  ->  Index Scan using assessments_review_pkey on assessments_review  (cost=0.00..1.00 rows=9 width=8)",
    "  ->  Seq Scan on units_unit  (cost=0.00..1.00 rows=5 width=8)",
]


def test_a_large_table_read_from_end_to_end_is_seen() -> None:
    large = {"assessments_mapping": 4_000_000, "assessments_review": 1_000_000}
    assert read_through(PLAN, large) == ["assessments_mapping"]
    assert read_through(PLAN[2:], large) == []


def test_a_large_table_read_along_a_whole_index_is_seen_too() -> None:
    walked = "  ->  Index Scan using portfolio_user_pkey on portfolio_user  (cost=0.29..1412.05 rows=153 width=160)"
    large, filtered = {"portfolio_user": 30_000}, "        Filter: is_active"
    assert read_through([walked, filtered], large) == ["portfolio_user"]
    assert read_through([walked, "        Index Cond: (id = 1)", filtered], large) == []
    assert read_through([walked, filtered], large, {"portfolio_user_pkey"}) == []


def test_what_only_files_of_a_centre_read_through_stands_apart() -> None:
    page, file = (
        Query("SELECT 1", "SELECT 1", places=["Queue", "Archive"]),
        Query("SELECT 2", "SELECT 2", places=["Archive"]),
    )
    found = [(page, ["assessments_mapping"]), (file, ["assessments_mapping"])]
    assert of_files(found, frozenset({"Archive", "Queue as CSV"})) == (found[:1], found[1:])


@pytest.mark.django_db
def test_each_question_is_noted_once_with_all_its_places() -> None:
    watch = Watch()
    with watch.on():
        for place, ids in (("Queue", [1]), ("Queue", [1, 2]), ("Search", [1, 2, 3]), ("Search", [4, 5])):
            watch.place = place
            list(User.objects.filter(pk__in=ids))
        Centre.objects.filter(pk=0).update(name="None")
    asked = sorted((query.asked, places(query)) for query in watch.found.values())
    assert asked == [(1, "Queue"), (1, "Search"), (3, "Queue, Search")]
    if connection.vendor == "postgresql":
        assert all("Scan" in " ".join(explained(query)) for query in watch.heaviest())


@compiled
def _named(pk: int) -> QuerySet[Centre]:
    return Centre.objects.filter(pk=pk)


@pytest.mark.django_db
def test_what_is_prepared_is_known_by_its_words_and_has_one_plan_for_all() -> None:
    watch = Watch()
    with watch.on():
        _named(1)
        _named(2)
    (query,) = watch.found.values()
    assert query.words.startswith("SELECT")
    assert query.asked == 2
    if connection.vendor == "postgresql":
        assert "(id = $1)" in " ".join(explained(query, ""))
