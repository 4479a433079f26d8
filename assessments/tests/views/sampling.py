"""Samples on pages: how they are chosen, and what a browser sends to close one."""

import datetime

from django.urls import reverse
from django.utils import timezone

from assessments.actions import verification
from assessments.enums import CheckedFor
from assessments.models import Enrolment, Sample
from assessments.testing import (
    targets,
)
from portfolio.harness import AskingClient
from portfolio.models import User


def a_sample(enrolment: Enrolment) -> Sample:
    return verification.plan_sample(
        enrolment=enrolment, reason="New assessor.", by=enrolment.verifier, at=timezone.now()
    )


def tomorrow() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=1)


def place(name: str, row: Enrolment | Sample) -> str:
    return reverse(f"assessments:{name}", args=[row.pk])


def ticked(**otherwise: str) -> dict[str, str]:
    """Every check answered yes, as a browser sends it, or otherwise."""
    return {f"check_{about.value}": "yes" for about in CheckedFor} | otherwise


def first_criteria(enrolment: Enrolment) -> list[int]:
    return [target.criterion_id for target in targets(enrolment)][:2]


def text(client: AskingClient, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())
