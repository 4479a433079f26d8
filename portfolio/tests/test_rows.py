"""Long lists, written by Jinja2 in the words of the pages."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template, engines
from django.urls import NoReverseMatch, reverse
from jinja2 import UndefinedError

from portfolio.rows import in_turn
from portfolio.templatetags.addresses import address_at


def made_of(text: str, **values: Any) -> str:
    environment: Any = engines["rows"]
    return str(environment.env.from_string(text).render(values))


def test_what_people_typed_is_escaped() -> None:
    assert made_of("{{ words }}", words="<b>&</b>") == "&lt;b&gt;&amp;&lt;/b&gt;"


@pytest.mark.parametrize("text", ["{{ missing }}", "{{ row.missing }}", "{% for one in missing %}{% endfor %}"])
def test_a_list_that_names_something_undefined_fails(text: str) -> None:
    with pytest.raises(UndefinedError):
        made_of(text, row=SimpleNamespace())


def test_rows_that_follow_each_other_and_agree_stand_together() -> None:
    rows = [SimpleNamespace(unit=SimpleNamespace(code=code), pk=pk) for pk, code in enumerate("BBAB")]
    assert [(code, [row.pk for row in own]) for code, own in in_turn(rows, "unit.code")] == [
        ("B", [0, 1]),
        ("A", [2]),
        ("B", [3]),
    ]


def test_a_page_hands_a_list_what_it_has_and_what_it_is_given() -> None:
    page = Template('{% rows "people_lines.jinja" found=seen %}')
    line = SimpleNamespace(handle="h-1", name="Cara & Co", roles=["Candidate"], email="cara@example.org")
    found = page.render(Context({"seen": SimpleNamespace(centre=SimpleNamespace(slug="northgate"), lines=[line])}))
    assert f'<a href="{reverse("portfolio:person", args=["northgate", "h-1"])}">Cara &amp; Co</a>' in found


def test_an_address_is_the_one_that_django_gives() -> None:
    for page, args in (("person", ["northgate", "h-1"]), ("people_import", ["northgate", 12])):
        assert address_at(f"portfolio:{page}", *args) == reverse(f"portfolio:{page}", args=args)
    with pytest.raises(NoReverseMatch):
        address_at("portfolio:people_import", 1)
