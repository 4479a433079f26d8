"""Two people acting at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.actions import end_role
from portfolio.enums import Role
from portfolio.models import RoleGrant, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, a_staff_member, an_administrator


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_others_role_leave_one_of_them() -> None:
    centre = a_centre()
    alma, dee = an_administrator(centre), a_staff_member(centre, "Dee Deputy", Role.ADMINISTRATOR).user
    together = threading.Barrier(2)

    def end(by: User, other: User) -> str:
        grant = RoleGrant.objects.get(user=other)
        together.wait(timeout=20)
        try:
            end_role(grant=grant, ends_on=timezone.localdate(), by=by, at=timezone.now())
        except Refusal as refusal:
            return refusal.sentences[0]
        finally:
            connection.close()
        return "ended"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(end, [alma, dee], [dee, alma]))
    assert said[0].startswith("This is the last administrator")
    assert said[1] == "ended"
    assert RoleGrant.objects.filter(role=Role.ADMINISTRATOR, ends_on=None).count() == 1
