"""Long lists are written by Jinja2, in a third of the time; `{% rows "a_list.jinja" %}` puts one into a page.

Their templates are in templates/rows. They name what pages have, in the same words: `{{ row.since|age }}`.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from jinja2 import Environment, StrictUndefined

from portfolio.templatetags.addresses import address_at, link
from portfolio.templatetags.times import age, day, exactly, stamp


def component(name: str, **values: Any) -> SafeString:
    """A component of the pages, for what few rows have: `{{ component("markers", markers=said.markers) }}`."""
    return render_to_string(f"components/{name}.html", values)


def first_words(text: str, count: int) -> str:
    return Truncator(text).words(count, truncate=" …")


def in_turn(rows: Iterable[Any], by: str) -> list[tuple[Any, list[Any]]]:
    """Rows that follow each other and agree in something, together: `regroup`, for `{% for unit, notes in … %}`."""
    return [(key, list(group)) for key, group in groupby(rows, attrgetter(by))]


def environment(**options: Any) -> Environment:
    """What these templates know. What is not defined is a fault, here as in the tests of the pages."""
    strict = {**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**strict)  # noqa: S701  # Django has it escape
    made.filters |= {
        "age": age,
        "day": day,
        "exactly": exactly,
        "first_words": first_words,
        "in_turn": in_turn,
        "linebreaksbr": linebreaksbr,
        "link": link,
        "stamp": stamp,
    }
    made.globals |= {"component": component, "url": address_at}
    return made
