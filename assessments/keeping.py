"""When the time of a record is over: pure arithmetic, and what holds where a centre has set nothing of its own.

A period is counted from an event and never by age alone. A centre may keep longer than its awarding body wants, never
shorter. Sources: records at least three years after certification (OCR, Pearson, Highfield), evidence until the
external review and in practice a year after it, six years for publicly funded provision (domain rule 63).
"""

import calendar
import datetime
from dataclasses import dataclass

from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody

A_YEAR_AFTER = "The centre’s default: until the external verifier’s review, and one year after the certificate"
FUNDED = "The centre’s default: six years, as publicly funded provision is audited (https://ace360.org/faq-items/keep-records/)"
STAYS = (
    "Kept for good. Signatures rest on every word of it, and an awarding body can ask for it at any time: it is small, "
    "and says what was decided rather than what the candidate did."
)
KEPT_FOR_GOOD = (RecordClass.ASSESSMENT, RecordClass.VERIFICATION, RecordClass.AUTHENTICATION)
"""Records that the software keeps whatever the schedule: their wording is what people put their names to."""
DESTROYABLE = (RecordClass.FILES, RecordClass.DETAILS, RecordClass.NUMBERS)
LONGEST: dict[str, int] = {PeriodUnit.DAYS: 32_767, PeriodUnit.MONTHS: 1_200, PeriodUnit.YEARS: 100}
"""How long a record is kept at most: a hundred years, or as many days as both databases can count."""
REFERENCE = datetime.date(2023, 3, 1)
"""From which two periods are compared."""


@dataclass(frozen=True)
class Period:
    """A length of time."""

    length: int
    unit: str

    def __str__(self) -> str:
        return f"{self.length} {self.unit if self.length != 1 else self.unit.removesuffix('s')}"

    def after(self, day: datetime.date) -> datetime.date:
        """The day on which it is over. Months end with the month: a month after 31 January is the last of February."""
        if self.unit == PeriodUnit.DAYS:
            return day + datetime.timedelta(days=self.length)
        months = self.length * (12 if self.unit == PeriodUnit.YEARS else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return datetime.date(year, month + 1, min(day.day, last))


@dataclass(frozen=True)
class Keeping:
    """A rule in force: the centre's own, or the default."""

    record_class: RecordClass
    counted_from: CountedFrom
    period: Period
    when_due: WhenDue
    source: str
    own: bool = False

    @property
    def words(self) -> str:
        return f"{self.period} after {self.counted_from.label}"


DEFAULTS = {
    RecordClass.FILES: Keeping(
        RecordClass.FILES, CountedFrom.CERTIFICATE, Period(1, PeriodUnit.YEARS), WhenDue.DESTROY, A_YEAR_AFTER
    ),
    RecordClass.DETAILS: Keeping(
        RecordClass.DETAILS, CountedFrom.CERTIFICATE, Period(6, PeriodUnit.YEARS), WhenDue.DESTROY, FUNDED
    ),
    RecordClass.NUMBERS: Keeping(
        RecordClass.NUMBERS, CountedFrom.LAST, Period(6, PeriodUnit.YEARS), WhenDue.REVIEW, FUNDED
    ),
}


def least(body: AwardingBody, record_class: RecordClass) -> Period | None:
    """How long the awarding body wants it kept at least; None where it names no time of its own."""
    if record_class == RecordClass.FILES:
        return Period(body.evidence_kept_days, PeriodUnit.DAYS) if body.evidence_kept_days else None
    return Period(body.records_kept_years, PeriodUnit.YEARS) if body.records_kept_years else None


def default_for(body: AwardingBody, record_class: RecordClass) -> Keeping:
    """What holds where the centre has set nothing: the default, or the body's own time where that is longer."""
    found, wanted = DEFAULTS[record_class], least(body, record_class)
    if wanted and is_shorter(found.period, wanted):
        return Keeping(record_class, found.counted_from, wanted, found.when_due, body.keeping_source or found.source)
    return found


def is_shorter(one: Period, other: Period) -> bool:
    return one.after(REFERENCE) < other.after(REFERENCE)
