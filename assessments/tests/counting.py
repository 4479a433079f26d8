"""Whether what units keep of their marks is what their marks say, counted the long way."""

from assessments.models import Enrolment
from assessments.pace import PaceDates, pace_dates
from assessments.progress import progress_of
from assessments.queries.enrolment import CONFIRMED, kept_progress
from assessments.queries.judgement import rows_of
from assessments.queries.verification import unit_facts


def miscounted() -> list[str]:
    """Units whose kept numbers or days are not those of their criteria as they stand now."""
    wrong = []
    units = Enrolment.objects.select_related("unit__awarding_body", "candidate").annotate(confirmed=CONFIRMED)
    for rows in rows_of(list(units)):
        unit, criteria = rows.enrolment, unit_facts(rows.enrolment, rows).criteria
        progress = progress_of({state.pk: state.layer for state in criteria})
        pending = sum(1 for state in criteria if state.pending and state.layer == "claimed")
        dates = pace_dates(progress.accepted, progress.total, unit.paced_from, unit.target_on)
        counted = (progress, pending, dates or PaceDates(None, None))
        progress_kept = kept_progress(unit, confirmed=vars(unit)["confirmed"])
        kept = (progress_kept, unit.pending_count, PaceDates(unit.ahead_before, unit.behind_from))
        if counted != kept:
            wrong.append(f"{unit}: {kept}, but {counted}")
    return wrong
