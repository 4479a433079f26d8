"""Charts: what is drawn is what was counted."""

import re
from xml.etree import ElementTree

import pytest

from portfolio.charts import Bar, Chart, Dot, Look, Part, bars, cut, dots, scale

PARTS = (Part("Behind", Look.HATCHED), Part("On track", Look.SOLID), Part("Ahead", Look.DOTTED))
SPACE = "{http://www.w3.org/2000/svg}"


def drawing(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314


def widths(chart: Chart) -> list[float]:
    """Of the parts, in per cent, in the order they are drawn."""
    drawn = drawing(chart).iter(f"{SPACE}rect")
    return [float(rect.attrib["width"][:-1]) for rect in drawn if rect.get("class", "").startswith("look-")]


def test_it_draws_each_part_as_long_as_its_number_on_the_scale_of_the_longest_bar() -> None:
    chart = bars("pace", "Pace", PARTS, [Bar("Spring", (1, 2, 1)), Bar("Autumn", (0, 8, 0))])
    assert widths(chart) == [12.5, 25, 12.5, 100]
    assert [text.text for text in drawing(chart).iter(f"{SPACE}text") if text.get("class") == "sum"] == ["4", "8"]


def test_it_says_in_words_what_it_draws() -> None:
    chart = bars("pace", "Units <by> cohort", PARTS, [Bar("Spring", (1, 2, 0)), Bar("Autumn & on", (0, 8, 0))])
    root = drawing(chart)
    assert root.attrib["aria-labelledby"] == root.findall(f"{SPACE}title")[0].attrib["id"]
    assert root.findall(f"{SPACE}title")[0].text == "Units <by> cohort"
    about = root.findall(f"{SPACE}desc")[0].text
    assert about == "2 bars. In all: Behind 1, On track 10. The table below has every number."
    assert [name for _, name in chart.key] == ["Behind", "On track"]
    assert "Autumn & on: On track 8" in [title.text for title in root.iter(f"{SPACE}title")]


def test_it_needs_no_colour_and_no_style_of_its_own() -> None:
    chart = bars("pace", "Pace", PARTS, [Bar("Spring", (3, 2, 1))])
    assert "style=" not in chart.svg
    assert {'fill="url(#pace-hatched)"', 'fill="url(#pace-dotted)"'} <= set(re.findall(r'fill="[^"]+"', chart.svg))
    assert [text.text for text in drawing(chart).iter(f"{SPACE}text")] == ["Spring", "6", "3", "2", "1"]


@pytest.mark.parametrize("rows", [[], [Bar("Spring", (0, 0, 0))]])
def test_it_draws_nothing_of_nothing(rows: list[Bar]) -> None:
    chart = bars("pace", "Pace", PARTS, rows)
    assert widths(chart) == []
    assert chart.key == []
    assert "In all: nothing" in chart.svg


def test_it_leaves_out_a_number_that_has_no_room_and_cuts_long_names() -> None:
    long = "Customer service apprentices of the evening course, second intake of the year"
    chart = bars("pace", "Pace", PARTS, [Bar(long, (1, 999, 0))])
    shown = [text.text or "" for text in drawing(chart).iter(f"{SPACE}text")]
    assert shown[0].endswith("…")
    assert long.startswith(shown[0][:-1])
    assert shown[1:] == ["1000", "999"]
    assert f"<title>{long}</title>" in chart.svg
    assert cut("short", 300) == "short"


@pytest.mark.parametrize(
    ("highest", "lines"),
    [
        (0, [0, 1]),
        (1, [0, 0.5, 1]),
        (3, [0, 1, 2, 3]),
        (7.2, [0, 2, 4, 6, 8]),
        (0.04, [0, 0.01, 0.02, 0.03, 0.04]),
        (1000, [0, 500, 1000]),
    ],
)
def test_it_reads_heights_by_round_numbers(highest: float, lines: list[float]) -> None:
    assert scale(highest) == lines


def test_it_joins_only_dots_that_follow_each_other() -> None:
    steps = [Dot("1 May", 2, "2 days"), Dot("8 May", None, ""), Dot("15 May", 4, "4 days"), Dot("22 May", 0, "at once")]
    root = drawing(dots("weeks", "Feedback", steps))
    heights = [float(dot.attrib["cy"]) for dot in root.iter(f"{SPACE}circle")]
    assert heights[1] < heights[0] < heights[2]
    assert len([line for line in root.iter(f"{SPACE}line") if line.get("class") == "way"]) == 1
    assert root.findall(f"{SPACE}desc")[0].text == "1 May: 2 days; 15 May: 4 days; 22 May: at once."


def test_it_draws_a_single_dot_and_none() -> None:
    assert dots("weeks", "Feedback", [Dot("1 May", 2, "2 days")]).svg.count("<circle") == 1
    assert "Nothing to show." in dots("weeks", "Feedback", [Dot("1 May", None, "")]).svg
