"""What has to hold wherever there is no room left, for tests."""

from contextlib import AbstractContextManager
from typing import Any

from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from portfolio import audit
from portfolio.models import AuditChain, AuditEvent, Centre, OutgoingMessage, User
from portfolio.views import faults


def writes_nothing_by_halves(office: Client, centre: Centre, without_room: AbstractContextManager[None]) -> None:
    """A page that writes says that there is no room and keeps nothing; pages are read meanwhile; then all goes on."""
    address = reverse("portfolio:add_candidate", args=[centre.slug])

    def added(number: int) -> Any:
        sent = {"email": f"n{number}@example.org", "legal_name": "Nia Newman", "language": "english"}
        return office.post(address, sent)

    with without_room:
        before, answer, number = everything(), added(0), 0
        while answer.status_code == 302 and number < 300:  # what room is left within its pages is used up first
            number += 1
            before, answer = everything(), added(number)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert faults.FULL in answer.content.decode()
        assert everything() == before
        assert office.get(address).status_code == 200
    assert added(number).status_code == 302
    assert audit.verify(AuditChain.objects.get(centre=centre)) is None


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, AuditEvent, OutgoingMessage, DBTaskResult))
