"""Pages of a list whose rows say how many there are in all: counted in the query that reads them."""

from typing import Any

from django.core.paginator import Page, Paginator

from portfolio.compiled import Listed
from portfolio.whole import whole


def counted_page(rows: Listed[Any], number: str | None, per_page: int) -> Page[Any]:
    """A page of rows whose last column is how many there are. One query; two more for a page beyond the last."""
    wanted = max(whole(number or "") or 1, 1)
    found = rows[(wanted - 1) * per_page : wanted * per_page]
    pages: Paginator[Any] = Paginator(rows, per_page)
    if not found and wanted > 1:
        return pages.get_page(number)
    pages.count = found[0][-1] if found else 0  # which it keeps
    return Page(found, wanted, pages)
