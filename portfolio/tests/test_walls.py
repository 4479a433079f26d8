"""Walls: what the database itself refuses, whoever asks."""

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from portfolio import audit, walls
from portfolio.models import AuditEvent, User


@pytest.mark.django_db
def test_every_listed_wall_stands() -> None:
    assert walls.missing() == []


@pytest.mark.django_db(transaction=True)
def test_with_the_walls_up_nobody_can_flush() -> None:
    with transaction.atomic():
        person = User.objects.create_user("ann@example.org")
        audit.record(verb="invite", by=None, at=timezone.now(), subject=person, centre=None, details={})
    with pytest.raises(CommandError):
        call_command("flush", interactive=False)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_walls_stand_again_after_a_transactional_test() -> None:
    assert walls.missing() == []


@pytest.mark.django_db
def test_a_fallen_wall_fails_the_system_check() -> None:
    assert run_checks(tags=[Tags.database], databases=["default"]) == []
    walls.take_down()
    assert "portfolio.E001" in {error.id for error in run_checks(tags=[Tags.database], databases=["default"])}
    assert connection.vendor == "sqlite" or "audit_lines_are_never_emptied_out" in walls.missing()
