"""What is measured beside pages can be done, and leaves nothing behind."""

import pytest
from django.test import Client
from django.utils import timezone

from bench.centre import open_centre
from bench.loading import fill
from bench.measuring import BACKEND, Answer
from bench.subjects import subjects
from bench.undone import acts, documents, exports
from portfolio.models import AuditEvent, Document, User

pytestmark = pytest.mark.django_db


class Asking:
    """A browser whose answers end no connection, as those of a server do."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend=BACKEND)

    def get(self, address: str) -> Answer:
        answer = self.client.get(address)
        return Answer(str(answer.status_code), answer.getvalue(), answer["Content-Type"])


def test_every_act_and_document_is_undone_and_every_export_answers(standard: None) -> None:
    now = timezone.now()
    staffed = open_centre("Measured Centre", now)
    fill(staffed, range(1, 6), now, items=5)
    found = subjects(staffed)
    before = (AuditEvent.objects.count(), Document.objects.count())
    for one in (*acts(found), *acts(found), *documents(found), *exports(found, Asking)):
        one.ask()
    assert (AuditEvent.objects.count(), Document.objects.count()) == before
