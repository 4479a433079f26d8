"""What a list reads of a unit's marks is what its page makes of the whole record."""

import pytest
from django.utils import timezone

from assessments.models import Enrolment
from assessments.queries.marks import decided_in, mapped_to, marks, marks_of
from bench.centre import open_centre
from bench.loading import fill

pytestmark = pytest.mark.django_db


def test_marks_are_the_same_however_many_units_are_read(standard: None) -> None:
    now = timezone.now()
    fill(open_centre("Measured Centre", now), range(1, 4), now, items=5)
    enrolments = list(Enrolment.objects.values_list("pk", flat=True))
    for enrolment, found in marks_of(enrolments).items():
        assert sorted(found) == sorted(marks(mapped_to([enrolment]), decided_in([enrolment])))
