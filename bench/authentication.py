"""A thousand Centre Authentication forms in one batch, against bare WeasyPrint rendering of the same forms.

    python -m bench.authentication                    1,000 units, signed, issued and put together as one PDF
    python -m bench.authentication --forms 100

Ours is everything from the press to the file: the press, and for each unit the lock, the facts, the signature with its
digest, the line in the book, the page, the bytes in the vault. Bare is `write_pdf` of the same page alone, as PDF/A-3a
with the same facts attached, its HTML written beforehand, its style sheets parsed and its fonts found once. Both take
turns, a slice of the worker's at a time, on one core of the same run. Prints a table, writes
bench/results/authentication.md, and exits with 1 where a bound is passed.
"""

import argparse
import io
import logging
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.installation import HERE, settle, standing

# isort: split
import weasyprint
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import override_settings
from django.utils import timezone
from weasyprint.text.fonts import FontConfiguration

from assessments.actions.issuing import make_forms
from assessments.authenticating import AUTHENTICATED_AT
from assessments.documents import issuing
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import Enrolment, FormBatch
from bench.centre import Staffed, open_centre
from bench.loading import fill
from bench.measuring import clock, high_water
from portfolio import canonical, manuscripts, pdf, press
from portfolio.models import Document, Statement

MOST = 1.15
"""Of bare WeasyPrint's time."""
MOST_GROWTH = 64
"""MiB that the worker may need more for the rest of the forms than it held after the first slice."""
AT_ONCE = 30  # so many candidates are loaded before the units that are far enough are counted
SLICE = 10  # seconds that the worker has before bare has its turn
NO_WORKER = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
RESULTS = HERE / "results" / "authentication.md"


@dataclass
class Taken:
    """What was measured."""

    forms: int = 0
    pressed: float = 0
    ours: float = 0
    wall: float = 0
    together: float = 0
    bare: float = 0
    queries: int = 0
    peaks: list[int] = field(default_factory=list)
    megabytes: float = 0

    @property
    def ratio(self) -> float:
        return (self.pressed + self.ours) / self.bare


def bare_way() -> Callable[[Document], float]:
    """WeasyPrint as quick as it can be: seconds that the page of a document takes."""
    fonts, now = FontConfiguration(), clock()
    sheets = [
        weasyprint.CSS(filename=path, font_config=fonts)
        for path in manuscripts.style_sheets("documents/authentication_form.html")
    ]

    def way(document: Document) -> float:
        context = {"facts": document.facts, "check": press.check_of(document.reference)}
        html = render_to_string("documents/authentication_form.html", context)
        facts = canonical.canonical(document.facts)
        begun = now()
        attached = weasyprint.Attachment(string=facts, name="record.json", relationship="Data")
        page = weasyprint.HTML(string=html, base_url=f"{pdf.DOCUMENTS.as_uri()}/")
        page.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=pdf.ISSUED, attachments=[attached])
        return now() - begun

    return way


def counting(taken: Taken) -> Callable[..., object]:
    """Counts queries at no cost: to keep their words, as a test does, takes longer than most of them."""

    def counted(execute: Callable[..., object], *asked: object) -> object:
        taken.queries += 1
        return execute(*asked)

    return counted


def units(staffed: Staffed, forms: int) -> list[int]:
    """So many units that are signed off or further, of a centre that is filled until it has them."""
    far, number = Enrolment.objects.filter(centre=staffed.centre, status__in=AUTHENTICATED_AT), 1
    while far.count() < forms:
        fill(staffed, range(number, number + AT_ONCE), timezone.now())
        number += AT_ONCE
    settle()
    return list(far.order_by("pk").values_list("pk", flat=True)[:forms])


def pressed(staffed: Staffed, chosen: list[int], taken: Taken) -> FormBatch:
    """The press, as the page does it."""
    begun = clock()()
    batch = make_forms(
        centre=staffed.centre,
        enrolments=chosen,
        statements=list(Statement.objects.filter(key="authentic-centre").values_list("pk", flat=True)),
        chosen="All units",
        gathered_as=GatheredAs.PDF,
        shown_at=timezone.now(),
        by=staffed.administrator,
        at=timezone.now(),
    )
    taken.pressed = clock()() - begun
    return batch


def run(forms: int) -> Taken:
    """All of it: the batch to its file, and bare in between."""
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    taken, bare, now = Taken(), bare_way(), clock()
    staffed = open_centre("Measured Centre", timezone.now())
    batch = pressed(staffed, units(staffed, forms), taken)
    issuing.SECONDS = SLICE
    measured: set[int] = set()
    while batch.status != FormsStatus.READY:
        begun, on_the_wall = now(), time.perf_counter()
        with connection.execute_wrapper(counting(taken)):
            issuing.make(batch.pk)
        taken.ours += now() - begun
        taken.wall += time.perf_counter() - on_the_wall
        taken.peaks.append(high_water(os.getpid()))
        batch.refresh_from_db()
        if batch.problem:
            raise SystemExit(batch.problem)
        made = batch.rows.filter(state=FormState.MADE).exclude(pk__in=measured).select_related("document")
        for row in made:
            measured.add(row.pk)
            if row.document:
                taken.bare += bare(row.document)
    taken.forms = len(measured)
    with issuing.opened(batch) as together:
        taken.megabytes = together.seek(0, io.SEEK_END) / 1_000_000
    begun = now()
    issuing.gather_again(batch, GatheredAs.ZIP)
    issuing.make(batch.pk)
    taken.together = now() - begun
    return taken


def faults(taken: Taken, forms: int) -> list[str]:
    """Where a bound is passed."""
    wrong = []
    if taken.forms != forms:
        wrong.append(f"{forms - taken.forms} forms are missing")
    if taken.ratio > MOST:
        wrong.append(f"{taken.ratio:.2f} of bare WeasyPrint")
    if (growth := taken.peaks[-1] - taken.peaks[0]) > MOST_GROWTH:
        wrong.append(f"{growth} MiB more after the first slice")
    return wrong


def report(taken: Taken, wrong: list[str]) -> str:
    watch = "the processor" if connection.vendor == "sqlite" else "the wall"
    each, bare = (taken.pressed + taken.ours) / taken.forms, taken.bare / taken.forms
    lines = [
        "# A batch of Centre Authentication forms",
        "",
        f"{timezone.localdate():%-d %B %Y}, {taken.forms:,} forms on one core of {os.cpu_count()}, "
        f"{platform.machine()}, "
        f"{connection.vendor}, {manuscripts.render_version().split(', templates')[0]}; seconds of {watch}. Printed by "
        "`python -m bench.authentication`, which says what each way is.",
        "",
        "| | seconds | ms a form | of bare |",
        "|---|--:|--:|--:|",
        f"| the press | {taken.pressed:.2f} | {taken.pressed / taken.forms * 1000:.1f} | |",
        f"| ours, press to file | {taken.pressed + taken.ours:.1f} | {each * 1000:.0f} | {taken.ratio:.2f} |",
        f"| bare WeasyPrint | {taken.bare:.1f} | {bare * 1000:.0f} | 1 |",
        f"| put together once more, as a ZIP | {taken.together:.2f} | {taken.together / taken.forms * 1000:.1f} | |",
        "",
        f"On the wall the worker took {taken.wall:.0f} s; {taken.queries / taken.forms:.0f} queries a form. The file "
        f"has {taken.megabytes:.1f} MB. Most memory: {taken.peaks[0]} MiB after the first slice, "
        f"{taken.peaks[-1]} MiB at the end.",
        "",
        f"Bounds: every form made, {MOST} of bare, {MOST_GROWTH} MiB. {'; '.join(wrong) if wrong else 'Held'}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=1000)
    asked = parser.parse_args()
    with standing(), override_settings(TASKS=NO_WORKER, PDF_PROCESSES=1):
        taken = run(asked.forms)
        wrong = faults(taken, asked.forms)
        told = report(taken, wrong)
    RESULTS.write_text(told)
    print(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
