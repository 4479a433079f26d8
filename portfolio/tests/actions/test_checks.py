"""What is wrong with a record, all of it at once, for one question to the database where nothing is."""

import pytest
from django.db import connection
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.actions.checks import refuse_invalid
from portfolio.enums import QualificationKind, Role
from portfolio.models import StaffQualification
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, a_staff_member

pytestmark = pytest.mark.django_db


def test_a_record_that_is_right_is_asked_about_once() -> None:
    staff = a_staff_member(a_centre(), "Learning Lee", Role.ASSESSOR)
    learning = StaffQualification(
        staff=staff, kind=QualificationKind.TAQA, role=Role.ASSESSOR, target_on=timezone.localdate()
    )
    assert len([rule for rule in learning._meta.constraints if isinstance(rule, CheckConstraint)]) > 1
    with CaptureQueriesContext(connection) as asked:
        refuse_invalid(learning)
    assert len([query for query in asked if "_check" in query["sql"]]) == 1


def test_everything_wrong_with_one_is_said() -> None:
    record = a_candidate(a_centre())
    record.legal_name = ""
    with pytest.raises(Refusal) as refused:
        refuse_invalid(record, "And something else.")
    assert refused.value.sentences[0] == "And something else."
    assert len(refused.value.sentences) == 2
