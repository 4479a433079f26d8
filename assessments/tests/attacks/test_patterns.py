"""No text that somebody sends makes a pattern of ours think for long (ReDoS)."""

import functools
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import assessments
import portfolio
import units

LONG = 20_000
"""Letters: what a form takes, and more than a line of a log or an address has."""
OURS = (portfolio, units, assessments)
LEFT_OUT = {"tests", "migrations", "harness", "tracing", "traces", "wsgi", "asgi"}
WAYS: dict[str, Callable[[re.Pattern[str], str], object]] = {
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "search": lambda pattern, text: pattern.search(text),
    "finditer": lambda pattern, text: list(pattern.finditer(text)),
    "findall": lambda pattern, text: pattern.findall(text),
    "split": lambda pattern, text: pattern.split(text),
    "sub": lambda pattern, text: pattern.sub("", text),
}
PARTS = "a 0 . - _ @ < ( [ \" ' “ ” \n \t ; , : / é"
ENDS = ("", "!", "\0", "@", ">")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern that a module of ours keeps, by its name."""
    for house in OURS:
        for found in pkgutil.walk_packages(house.__path__, f"{house.__name__}."):
            if any(part in LEFT_OUT for part in found.name.split(".")):
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{found.name}.{name}", value


def hostile() -> Iterator[str]:
    """One sign again and again, and pairs of signs, each with something at the end that lets a match fail."""
    signs = [*PARTS.split(" "), " "]
    pieces = [
        *signs,
        "a.",
        "a-",
        "a@",
        "ab ",
        "< ",
        "(a",
        "1:",
        "1-",
        "p 1-",
        "page ",
        "file ",
        "aA",
        "a\n",
        "“a",
        '"a',
    ]
    for piece in pieces:
        for end in ENDS:
            yield piece * (LONG // len(piece)) + end


def ways_of(name: str) -> set[str]:
    """How the house uses a pattern: some are only held against a whole text, which is quicker. One in a table may
    be used in any way."""
    words = re.compile(rf"\b{name.rpartition('.')[2]}\.({'|'.join(WAYS)})\(")
    return {found for source in sources() for found in words.findall(source)} or set(WAYS)


@functools.cache
def sources() -> list[str]:
    paths = (path for house in OURS for path in Path(house.__path__[0]).rglob("*.py"))
    return [path.read_text() for path in paths if "tests" not in path.parts]


ALL = dict(patterns())


def test_there_are_patterns_to_try() -> None:
    assert {"portfolio.logs.EMAIL", "portfolio.tables.BEGINS_ELSEWHERE", "assessments.places.PASSAGE"} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_no_text_keeps_it_thinking(name: str) -> None:
    ways = ways_of(name)
    for text in hostile():
        started = time.process_time()
        for way in ways:
            WAYS[way](ALL[name], text)
        assert time.process_time() - started < 1, f"{name}.{ways} on {text[:10]!r}"
