"""The words that official forms share: units, people, moments and signatures as they are printed."""

import datetime
from typing import TypeAlias

from django.utils import dateformat, timezone
from django.utils.text import Truncator

from assessments.queries.printed import PrintedSignature, PrintedUnit
from portfolio import canonical
from portfolio.canonical import JSON
from units.models import Unit

Facts: TypeAlias = dict[str, JSON]


def signature_facts(signed: PrintedSignature | None, part: str, *, above: str = "") -> JSON:
    """A signature as printed; empty where it is to come. `above`: the words it stands under, else its own are added."""
    facts: Facts = {"part": part, "name": "", "role": "", "date": "", "time": "", "digest": "", "statement": ""}
    if signed is None:
        return {**facts, "problem": ""}
    signature = signed.signature
    if signed.void is not None:
        reason = Truncator(signed.void.reason).chars(200)
        voided = (
            f"{signature.signer_name}’s signature of {day(signature.signed_at)} was voided on {day(signed.void.at)}"
        )
        return {**facts, "problem": f"{voided}. {reason}"}
    return {
        "part": part,
        "name": signature.signer_name,
        "role": signature.get_role_display().lower(),
        "date": day(signature.signed_at),
        "time": time(signature.signed_at),
        "digest": signature.digest,
        "statement": "" if signature.statement.text == above else signature.statement.text,
        "problem": "Stale: something changed after this was signed. It has to be signed again." if signed.stale else "",
    }


def day(at: datetime.date | None) -> str:
    """`3 March 2026`, of a day or of a moment where the house stands; nothing for none."""
    if at is None:
        return ""
    local = timezone.localtime(at) if isinstance(at, datetime.datetime) else at
    return dateformat.format(local, "j F Y")


def time(at: datetime.datetime) -> str:
    """`14:03 GMT`."""
    return dateformat.format(timezone.localtime(at), "H:i T")


def place(unit: PrintedUnit) -> list[str]:
    """The unit, and the centre with its number, for the foot of every page."""
    code = unit.unit.short_code
    if unit.centre is None:
        return [code]
    number = f", {unit.unit.awarding_body} centre {unit.approval.centre_number}" if unit.approval else ""
    return [code, f"{unit.centre}{number}"]


def foot(facts: Facts, *words: str) -> str:
    """What stands at the foot of every page: what it belongs to, and the first characters of the facts' digest."""
    return " · ".join([*words, f"facts {canonical.digest(facts)[:12]}"])


def heading(unit: Unit) -> str:
    """The unit's numbers and title as its specification prints them: `H12E 04 (CFACC16) Manage …` for SQA's."""
    numbers = [unit.short_code]
    if unit.body_unit_number == unit.short_code and unit.sector_unit_number:
        numbers.append(f"({unit.sector_unit_number})")
    return " ".join([*numbers, unit.shown_title])


def title_note(unit: Unit) -> str:
    """Where a title comes from that the awarding body's own source does not have; nothing for its own."""
    return "title from public lists, not in the source specification" if unit.public_title and not unit.title else ""


def titled(unit: Unit) -> str:
    """`heading`, with where its title comes from where that is not the source."""
    return f"{heading(unit)} ({note})" if (note := title_note(unit)) else heading(unit)
