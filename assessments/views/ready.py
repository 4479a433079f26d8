"""What is ready to be claimed or to be declared authentic, and what is not yet and why: the lists as files."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from assessments.forms.batches import ClaimFilterForm
from assessments.forms.issuing import FormsFilterForm
from assessments.queries.batches import all_nearly, all_open, awards_of, awards_to_claim
from assessments.queries.claimable import units_to_claim
from assessments.queries.issuing import FormLine, form_lines, offered_at, units_for_forms, with_its_unit
from assessments.rules import Person
from assessments.views.batches import Choice, approval_at, award_choice, unit_choice
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.tables import Column, Table, in_slices, take_away
from portfolio.views.people import kept_centre

AT_ONCE = 100
"""How many are worked out at a time: of each, all that was decided is read."""
TO_CLAIM: Table[Choice] = Table(
    "what can be claimed",
    "What can be claimed",
    (
        Column("Candidate", lambda row: row.candidate, 28),
        Column("What", lambda row: row.what, 44),
        Column("Ready", lambda row: "no" if row.reasons else "yes", 10),
        Column("Why not yet", lambda row: " ".join(sentence for sentence, _ in row.reasons), 60),
        Column("To look at again", lambda row: " ".join(row.warnings), 60),
    ),
)
FORMS: Table[FormLine] = Table(
    "units for forms",
    "Authentication forms",
    (
        Column("Candidate", lambda line: line.enrolment.candidate.legal_name, 28),
        Column("Candidate number", lambda line: line.enrolment.candidate.candidate_number),
        Column("Cohort", lambda line: line.enrolment.cohort, 18),
        Column("Unit", lambda line: line.enrolment.unit.short_code, 10),
        Column("Where it stands", lambda line: line.enrolment.get_status_display(), 24),
        Column("Ready", lambda line: "yes" if line.ready else "no", 10),
        Column("Why not yet", lambda line: " ".join(reason.sentence for reason in line.reasons), 60),
        Column("Form signed", lambda line: line.form.signature.signed_at if line.form else None, 18),
        Column("Still fits", lambda line: ("yes" if line.stands else "no") if line.form else "", 10),
    ),
)


@holds(Role.ADMINISTRATOR)
@require_safe
def to_claim_file(request: SignedInRequest, slug: str, code: str, ending: str) -> HttpResponseBase:
    """What can be claimed from a body and what cannot yet, as asked for, whole, with every reason."""
    approval = approval_at(request, slug, code)
    centre, body = approval.centre, approval.awarding_body
    asked = ClaimFilterForm(request.GET, awards=awards_of(centre, body))
    me = Person(request.user.pk, request.standing.roles.get(centre.pk, frozenset()))
    if asked.award:
        awards = all_open(centre, asked.award, asked.wanted)
        rows = in_slices(
            lambda some: [award_choice(row, centre, None) for row in awards_to_claim(some, me)], awards, AT_ONCE
        )
    else:
        units = all_nearly(centre, body, asked.wanted)
        rows = in_slices(
            lambda some: [unit_choice(row, centre, None) for row in units_to_claim(some, me)], units, AT_ONCE
        )
    return take_away(request, TO_CLAIM, rows, ending, [centre])


@holds(Role.ADMINISTRATOR)
@require_safe
def forms_list_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """Which units are ready for a form, and which are not and why: as asked for, whole."""
    centre = kept_centre(request, slug)
    offered = offered_at(centre)
    asked = FormsFilterForm(request.GET, units=offered.units, cohorts=offered.cohorts, claims=offered.claims)
    rows = in_slices(form_lines, with_its_unit(units_for_forms(centre.pk, asked.wanted)), AT_ONCE)
    return take_away(request, FORMS, rows, ending, [centre])
