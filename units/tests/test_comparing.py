"""Two versions side by side: what is matched, and what is said of it."""

import time

from hypothesis import given
from hypothesis import strategies as some

from units.comparing import Became, Worded, compared, likeness, matched, words_of


def worded(*rows: tuple[str, str]) -> list[Worded]:
    return [Worded(number, text) for number, text in rows]


OLD = worded(
    ("1.1", "Agree authority boundaries for staff"),
    ("1.2", "Resolve customer issues referred from colleagues"),
    ("1.3", "Identify ways of preventing recurrences"),
    ("1.4", "Keep records on paper"),
)


def test_wordings_are_found_again_wherever_they_went() -> None:
    new = worded(
        ("1.1", "Resolve customer issues referred from colleagues"),
        ("1.2", "Agree authority boundaries for all staff"),
        ("1.3", "Identify practicable ways of preventing recurrences"),
        ("1.5", "Something else altogether"),
    )
    said = [(line.became, line.old and line.old.number, line.new and line.new.number) for line in compared(OLD, new)]
    assert said == [
        (Became.RENUMBERED, "1.2", "1.1"),
        (Became.CHANGED, "1.1", "1.2"),
        (Became.CHANGED, "1.3", "1.3"),
        (Became.NEW, None, "1.5"),
        (Became.DROPPED, "1.4", None),
    ]


def test_changed_words_stand_on_their_own_side() -> None:
    (line,) = compared(OLD[:1], worded(("1.1", "Agree authority limits for staff")))
    assert [(piece.change, piece.text.strip()) for piece in line.before] == [
        ("same", "Agree authority"),
        ("out", "boundaries"),
        ("same", "for staff"),
    ]
    assert [piece.text.strip() for piece in line.after if piece.change == "new"] == ["limits"]


def test_equal_wordings_keep_their_numbers_and_space_is_no_word() -> None:
    twice = worded(("1.1", "Say who is speaking"), ("2.1", "Say who is speaking"))
    again = worded(("1.1", "Say who is  speaking"), ("2.1", "Say who is speaking"))
    assert matched(twice, again) == {0: 0, 1: 1}
    assert {line.became for line in compared(twice, again)} == {Became.SAME}


words = some.sampled_from(["agree", "boundaries", "staff", "resolve", "issues", "records"])
rows = some.lists(
    some.builds(Worded, some.sampled_from(["1.1", "1.2", "2.1"]), some.lists(words, max_size=5).map(" ".join)),
    max_size=8,
)


@given(rows, rows)
def test_every_wording_of_both_stands_there_once(old: list[Worded], new: list[Worded]) -> None:
    lines = compared(old, new)
    assert sorted(map(repr, (line.old for line in lines if line.old))) == sorted(map(repr, old))
    assert [line.new for line in lines if line.new] == new
    found = matched(old, new)
    assert len(set(found.values())) == len(found)


@given(rows)
def test_a_version_beside_itself_differs_in_nothing(old: list[Worded]) -> None:
    assert {line.became for line in compared(old, old)} <= {Became.SAME}


def test_likeness_is_the_share_of_words_in_common() -> None:
    assert likeness(words_of("a b c"), words_of("A, b; d")) == 4 / 6
    assert likeness(words_of(""), words_of("")) == 1.0


def test_the_largest_units_are_compared_soon() -> None:
    many = [Worded(str(place), f"criterion {place} of a long unit says its own {place * 7}") for place in range(500)]
    other = [Worded(str(place + 1), f"{row.text} anew {place}") for place, row in enumerate(many)]
    long = [Worded(str(place), " ".join(f"{place}-{word}" for word in range(2_900))) for place in range(30)]
    longer = [Worded(row.number, f"{row.text} {row.text[:9_000]}") for row in long]
    began = time.process_time()
    compared(many, other)
    lines = compared(long, longer)
    assert {line.became for line in lines} == {Became.CHANGED}
    assert [piece.change for piece in lines[-1].before] == ["out"]
    assert time.process_time() - began < 20
