"""Time of the Candidate Recording Form as a tagged PDF: ours, plain WeasyPrint's, and Chromium's of the same page.

    python -m bench.forms                 12 and 60 items in SQA's 27 columns, then 200 forms to see that memory stays
    python -m bench.forms --rounds 5 --forms 0

Plain is the same template and the same rules as one string, with the table's columns left for WeasyPrint to find
(`table-layout: auto`), as one would first write it. Chromium is warm, its page kept open. All take turns in one run.
Prints a table, writes bench/results/forms.md, and exits with 1 where a bound is passed.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import portfolio.wsgi  # noqa: F401  # sets Django up

# isort: split
import weasyprint
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import sync_playwright
from weasyprint.text.fonts import FontConfiguration

from assessments.documents.recording import Row, blank_form_facts, key_to, tables
from assessments.documents.words import Facts
from assessments.queries.printed import PrintedUnit
from portfolio import canonical, manuscripts, pdf
from portfolio.models import Statement
from units.models import AwardingBody, Criterion, Unit

MOST = 0.85
"""Of plain WeasyPrint's time, at every size."""
MOST_GROWTH = 16
"""MiB more after so many forms than after the first few: a leak of one text a cell would be hundreds."""
SIZES = (12, 60)
WARM_FORMS = 20
WORDS = ("claimed", "contributes", "accepted", "accepted", "accepted", "returned")
TEMPLATE = "documents/recording_form.html"
HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
RESULTS = HERE / "results" / "forms.md"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

Context = dict[str, object]
Way = Callable[[Context], bytes]


# --- the form --------------------------------------------------------------------------------------------------------


def sqa_unit() -> PrintedUnit:
    """SQA's unit as its specification has it, without a database."""
    body = AwardingBody(**only("awarding_bodies", "units.awardingbody", code="sqa"))
    specification = next(in_fixture("sqa_h12e04", "units.unit"))
    criteria = [
        Criterion(kind=fields["kind"], number=fields["number"])
        for fields in sorted(in_fixture("sqa_h12e04", "units.criterion"), key=lambda fields: fields["position"])
    ]
    return PrintedUnit(
        unit=Unit(**specification | {"awarding_body": body}),
        criteria=criteria,
        statement=Statement(**only("statements", "portfolio.statement", key="competence-candidate", variant="sqa")),
        centre=None,
        approval=None,
    )


def in_fixture(name: str, model: str) -> Iterator[dict[str, Any]]:
    """The fields of the rows of a model in a fixture."""
    for row in json.loads((FIXTURES / f"{name}.json").read_text()):
        if row["model"] == model:
            yield row["fields"]


def only(name: str, model: str, **wanted: str) -> dict[str, Any]:
    """The fields of the one row that has these."""
    (found,) = [fields for fields in in_fixture(name, model) if wanted.items() <= fields.items()]
    return found


def filled(rows: int, seed: int = 1) -> Context:
    """The facts of an SQA form with so many items, a quarter of its cells filled."""
    unit = sqa_unit()
    chance = random.Random(seed)
    items = [
        Row(
            ref=str(number),
            title=f"Review of recorded calls against the key performance indicators, week {chance.randint(1, 52)}",
            about="Work product, 3 March 2026",
            marks=[chance.choice(WORDS) if chance.random() < 0.25 else "" for _ in unit.criteria],
        )
        for number in range(1, rows + 1)
    ]
    facts: Facts = {
        **blank_form_facts(unit),
        "candidate": "Seònaid Śliwińska",
        "assessor": "Asha Northgate",
        "tables": tables(unit.criteria, items),
        "key": key_to(WORDS),
    }
    return {"facts": canonical.plain(facts)}


def ours(context: Context) -> bytes:
    """As the product prints it."""
    return manuscripts.render(TEMPLATE, context, variant=pdf.DRAFT)


def plain(context: Context) -> bytes:
    """As one would first write it."""
    html = render_to_string(TEMPLATE, context)
    made: bytes = weasyprint.HTML(string=html).write_pdf(
        stylesheets=[weasyprint.CSS(string=RULES)], pdf_variant=pdf.DRAFT
    )
    return made


def plain_with_fonts_kept() -> Way:
    """Plain, but for the fonts, which are looked for once: what they take differs much between machines."""
    fonts = FontConfiguration()

    def way(context: Context) -> bytes:
        html = render_to_string(TEMPLATE, context)
        made: bytes = weasyprint.HTML(string=html).write_pdf(
            stylesheets=[weasyprint.CSS(string=RULES, font_config=fonts)], font_config=fonts, pdf_variant=pdf.DRAFT
        )
        return made

    return way


def style() -> str:
    """Our rules as one string, but for the table's fixed layout."""
    sheets = [(pdf.DOCUMENTS / name).read_text() for name in ("base.css", "recording_form.css")]
    return "\n".join(sheets).replace("table-layout: fixed", "table-layout: auto")


RULES = style()


@contextmanager
def chromium() -> Iterator[Way]:
    """The same page printed by a Chromium that is there already, tagged."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        rules = RULES.replace("table-layout: auto", "table-layout: fixed")

        def way(context: Context) -> bytes:
            html = render_to_string(TEMPLATE, context)
            page.set_content(html.replace("</head>", f"<style>{rules}</style></head>"))
            return page.pdf(format="A4", landscape=True, prefer_css_page_size=True, tagged=True)

        yield way
        browser.close()


# --- the clock and the scales ----------------------------------------------------------------------------------------


def processor_time() -> float:
    """Seconds of processor this process and all below it have used, so that nobody else on the machine is in it."""
    times = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        times[int(entry.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    mine, grown = {os.getpid()}, True
    while grown:
        found = {pid for pid, (parent, _) in times.items() if parent in mine}
        grown = not found <= mine
        mine |= found
    return sum(times[pid][1] for pid in mine if pid in times) / os.sysconf("SC_CLK_TCK")


def memory() -> float:
    """MiB of memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def timed(ways: dict[str, Way], contexts: Sequence[Context]) -> dict[str, tuple[float, int]]:
    """Median seconds of each way, asked in turn, and the bytes it made. The first turn only warms."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    sizes = {}
    for turn, context in enumerate(contexts):
        for name, way in ways.items():
            begun = processor_time()
            sizes[name] = len(way(context))
            if turn:
                taken[name].append(processor_time() - begun)
    return {name: (statistics.median(found), sizes[name]) for name, found in taken.items()}


def growth(forms: int) -> tuple[float, float]:
    """MiB held after the first few forms, and after so many more."""
    for turn in range(WARM_FORMS):
        ours(filled(12, seed=turn))
    before = memory()
    for turn in range(forms):
        ours(filled(12, seed=WARM_FORMS + turn))
    return before, memory()


# --- telling ---------------------------------------------------------------------------------------------------------


def head(rounds: int) -> list[str]:
    """What was measured on."""
    return [
        "# Time of the Candidate Recording Form, tagged",
        "",
        f"{timezone.localdate():%-d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {manuscripts.render_version().split(', templates')[0]}. "
        "Written by `python -m bench.forms`, which says what each way is.",
        "",
        f"Medians of {rounds} rounds in turn; milliseconds of processor, children included.",
        "",
        "| | items | ms | of plain | of Chromium | KB |",
        "|---|--:|--:|--:|--:|--:|",
    ]


def measured(rounds: int) -> tuple[list[str], list[str]]:
    """The table's lines, and where a bound is passed."""
    lines, faults = [], []
    contexts = {rows: [filled(rows, seed) for seed in range(rounds + 1)] for rows in SIZES}
    with chromium() as printed:
        ways = {
            "ours": ours,
            "plain WeasyPrint": plain,
            "plain, fonts kept": plain_with_fonts_kept(),
            "Chromium, warm": printed,
        }
        for rows in SIZES:
            found = timed(ways, contexts[rows])
            for name, (seconds, size) in found.items():
                plainly, printed_by = found["plain WeasyPrint"][0], found["Chromium, warm"][0]
                ratios = f"{seconds / plainly:.2f} | {seconds / printed_by:.1f}"
                lines.append(f"| {name} | {rows} | {seconds * 1000:.0f} | {ratios} | {size / 1000:.0f} |")
            for name in ("plain WeasyPrint", "plain, fonts kept"):
                if found["ours"][0] > MOST * found[name][0]:
                    faults.append(f"{rows} items take {found['ours'][0] / found[name][0]:.2f} of {name}")
    return lines, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--forms", type=int, default=200, help="how many to see whether memory stays")
    options = parser.parse_args()
    lines, faults = measured(options.rounds)
    told = [*head(options.rounds), *lines]
    if options.forms:
        before, after = growth(options.forms)
        told += ["", f"Memory after {WARM_FORMS} forms {before:.0f} MiB, after {options.forms} more {after:.0f} MiB."]
        if after - before > MOST_GROWTH:
            faults.append(f"{options.forms} forms took {after - before:.0f} MiB that stayed")
    told += [f"Past its bound: {fault}." for fault in faults]
    print("\n".join(told))
    if options.forms:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text("\n".join(told) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
