"""Charts as SVG, drawn of numbers: bars of parts, and dots over time. Pure: reads nothing, knows no clock.

Across, everything is in per cent, so that a chart fits a phone and a sheet of paper while its words keep their size;
down, it is in pixels. A pattern and a number tell one thing from another, never a colour alone, and nothing has a style
of its own: the colours are classes of static/css/charts.css. Each has a title and a description, and belongs above the
table it was drawn of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, log10

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

NARROWEST = 320
"""How many pixels wide a chart is at the least: a number is written into a bar where it fits even then."""
LETTER = 6.6
"""About how wide a letter of a chart is, in pixels: words are cut by it."""
LABEL, THICK, GAP = 18, 20, 12
"""Of a bar: the line of its name, itself, and the room below."""
FLOOR, HIGH = 24, 180
"""Of dots: the room for what stands below, and how high the highest is."""
LINES = 4
"""At most so many lines to read heights by."""


class Look(StrEnum):
    """How a part of a bar looks: a pattern, and a colour beside it."""

    HATCHED = "hatched"
    SOLID = "solid"
    DOTTED = "dotted"
    HOLLOW = "hollow"
    STRIPED = "striped"
    CROSSED = "crossed"
    FULL = "full"


PATTERNS = {
    Look.HATCHED: (6, '<path class="stroke" d="M-1 1l2-2M0 6l6-6M5 7l2-2"/>'),
    Look.DOTTED: (6, '<circle class="fill" cx="3" cy="3" r="1.6"/>'),
    Look.STRIPED: (5, '<path class="stroke" d="M2.5 0v5"/>'),
    Look.CROSSED: (7, '<path class="stroke" d="M0 0l7 7M7 0l-7 7"/>'),
}
"""What is repeated, and how far apart, in pixels. The other looks are one colour."""


@dataclass(frozen=True)
class Part:
    """What one part of each bar stands for."""

    name: str
    look: Look


@dataclass(frozen=True)
class Bar:
    """A bar: what it is of, and a number for each of the parts."""

    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Dot:
    """A moment on the way: what stands below it, how high it is (None: nothing to show), and that in words."""

    name: str
    height: float | None
    words: str


@dataclass(frozen=True)
class Chart:
    """A drawing, and its key: how each part looks, and what it is called."""

    svg: SafeString
    key: list[tuple[SafeString, str]]


def bars(name: str, title: str, parts: Sequence[Part], rows: Sequence[Bar]) -> Chart:
    """Bars one below the other on one scale, each of its parts. `name` sets the chart apart from others of a page.

    Parts that no bar has are left out of the key. Without anything to draw, the bars are empty tracks.
    """
    used = [place for place, _ in enumerate(parts) if any(row.numbers[place] for row in rows)]
    longest = max((sum(row.numbers) for row in rows), default=0)
    drawn, top = [patterns(name, [parts[place].look for place in used])], 0
    for row in rows:
        drawn.append(bar(name, parts, row, longest, top))
        top += LABEL + THICK + GAP
    totals = [f"{parts[place].name} {sum(row.numbers[place] for row in rows)}" for place in used]
    about = f"{counted(len(rows), 'bar')}. In all: {', '.join(totals) or 'nothing'}. The table below has every number."
    return Chart(
        svg=picture(name, title, about, max(top - GAP, 1), drawn),
        key=[(swatch(name, parts[place].look), parts[place].name) for place in used],
    )


def bar(name: str, parts: Sequence[Part], row: Bar, longest: int, top: int) -> str:
    """One bar with its name and sum above it, and each number in its part where there is room for it."""
    total = sum(row.numbers)
    room = NARROWEST - measured(f" {total}") - 2 * LETTER
    y, x = top + LABEL, 0.0
    drawn = [
        f'<text class="of" x="0" y="{y - 5}">{escape(cut(row.name, room))}<title>{escape(row.name)}</title></text>',
        f'<text class="sum" x="100%" y="{y - 5}" text-anchor="end">{total}</text>',
        f'<rect class="track" x="0" y="{y}" width="100%" height="{THICK}"/>',
    ]
    for part, number in zip(parts, row.numbers, strict=True):
        if not number:
            continue
        width = 100 * number / longest
        drawn.append(
            f'<rect class="look-{part.look}" {fill(name, part.look)} x="{per_cent(x)}" y="{y}" '
            f'width="{per_cent(width)}" height="{THICK}">'
            f"<title>{escape(row.name)}: {escape(part.name)} {number}</title></rect>"
        )
        chip = measured(str(number)) + 6
        if chip + 4 <= NARROWEST * width / 100:
            middle = per_cent(x + width / 2)
            drawn.append(
                f'<svg class="chip" x="{middle}" y="{y}" overflow="visible"><rect x="{-chip / 2:g}" y="3" '
                f'width="{chip:g}" height="{THICK - 6}" rx="2"/><text y="{THICK - 6}" text-anchor="middle">{number}'
                "</text></svg>"
            )
        x += width
    return "".join(drawn)


def dots(name: str, title: str, steps: Sequence[Dot]) -> Chart:
    """Dots from left to right, joined where they follow each other, with lines to read their heights by.

    The title says what the heights are in. A step without a height has no dot, and no line leads over it.
    """
    known = [step.height for step in steps if step.height is not None]
    lines = scale(max(known, default=0))
    height, base = HIGH + FLOOR + LABEL, HIGH + LABEL
    drawn = []
    for value in lines:
        y = base - HIGH * value / lines[-1]
        drawn.append(f'<line class="rule" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="of" x="0" y="{y - 4:.1f}">{value:g}</text>')
    every = -(-len(steps) * 64 // NARROWEST) or 1
    before: tuple[float, float] | None = None
    for place, step in enumerate(steps):
        x = 12 + 80 * (place / (len(steps) - 1) if len(steps) > 1 else 0.5)
        if (len(steps) - 1 - place) % every == 0:
            drawn.append(
                f'<text class="of" x="{per_cent(x)}" y="{height - 6}" text-anchor="middle">{escape(step.name)}</text>'
            )
        if step.height is None:
            before = None
            continue
        y = base - HIGH * step.height / lines[-1]
        if before:
            x1, y1 = per_cent(before[0]), f"{before[1]:.1f}"
            drawn.append(f'<line class="way" x1="{x1}" y1="{y1}" x2="{per_cent(x)}" y2="{y:.1f}"/>')
        drawn.append(
            f'<circle class="dot" cx="{per_cent(x)}" cy="{y:.1f}" r="4.5">'
            f"<title>{escape(step.name)}: {escape(step.words)}</title></circle>"
        )
        before = x, y
    spoken = "; ".join(f"{step.name}: {step.words}" for step in steps if step.height is not None)
    return Chart(picture(name, title, f"{spoken or 'Nothing to show'}.", height, drawn), [])


# --- what they are drawn with -----------------------------------------------------------------------------------------


def picture(name: str, title: str, about: str, height: float, drawn: Iterable[str]) -> SafeString:
    """The whole drawing, named and described for who does not see it."""
    opening = (
        f'<svg class="chart" role="img" width="100%" height="{height:g}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-about">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(about)}</desc>'
    )
    return mark_safe(f"{opening}{''.join(drawn)}</svg>")  # noqa: S308  # every word of others is escaped above


def patterns(name: str, looks: Iterable[Look]) -> str:
    """The patterns of these looks, under names of this chart's own."""
    made = [
        f'<pattern id="{name}-{look}" class="look-{look}" width="{PATTERNS[look][0]}" height="{PATTERNS[look][0]}" '
        f'patternUnits="userSpaceOnUse"><rect class="ground" width="100%" height="100%"/>{PATTERNS[look][1]}</pattern>'
        for look in dict.fromkeys(looks)
        if look in PATTERNS
    ]
    return f"<defs>{''.join(made)}</defs>"


def fill(name: str, look: Look) -> str:
    """What a part is filled with: a pattern, or by its class."""
    return f'fill="url(#{name}-{look})"' if look in PATTERNS else ""


def swatch(name: str, look: Look) -> SafeString:
    """A little of a look, for the key."""
    drawn = f'<rect class="look-{look}" {fill(name, look)} x=".5" y=".5" width="21" height="13"/>'
    return mark_safe(f'<svg class="swatch" width="22" height="14" aria-hidden="true">{drawn}</svg>')  # noqa: S308


def scale(highest: float) -> list[float]:
    """Heights to read by, from naught to the first round one that is not below the highest."""
    if highest <= 0:
        return [0, 1]
    raw = highest / LINES
    size = 10.0 ** floor(log10(raw))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= raw * 0.999999)
    count = -(-highest // step) if highest % step > step * 1e-9 else round(highest / step)
    return [round(step * place, 10) for place in range(int(count) + 1)]


def measured(words: str) -> float:
    """About how many pixels wide these words are."""
    return LETTER * len(words)


def cut(words: str, room: float) -> str:
    """The words, or as many letters of them as there is room for."""
    most = int(room // LETTER)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def per_cent(share: float) -> str:
    """A place or a width across."""
    return f"{round(share, 3):g}%"


def counted(number: int, what: str) -> str:
    """`1 bar`, `3 bars`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
