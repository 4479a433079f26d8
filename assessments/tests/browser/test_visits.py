"""No page can be forgotten by the browser: the table of visits against the table of addresses."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from assessments.tests.browser.no_pages import NO_PAGE
from assessments.tests.browser.visits import VISITS


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Every address of the product by its name."""
    for entry in resolver.url_patterns:
        inner: Any = entry
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{inner.name}"


def test_every_page_is_visited() -> None:
    visited = {visit.name for visit in VISITS}
    missing = set(names(get_resolver())) - visited - set(NO_PAGE)
    assert not missing, (
        f"No browser looks at {', '.join(sorted(missing))}: say in assessments/tests/browser/visits.py who visits it, "
        "or why it is no page."
    )


def test_every_visit_leads_somewhere() -> None:
    known = set(names(get_resolver()))
    assert {visit.name for visit in VISITS} | set(NO_PAGE) <= known
    assert not {visit.name for visit in VISITS} & set(NO_PAGE)


def test_no_two_visits_are_called_the_same() -> None:
    assert len({str(visit) for visit in VISITS}) == len(VISITS)
