"""What a candidate's browser sends with the form for evidence, and what comes back."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from assessments.forms.reading import SEEN
from assessments.models import Enrolment, EvidenceVersion


def upload(name: str = "review.txt", body: bytes = b"I listened to ten calls.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def typed(enrolment: Enrolment | None = None, *numbers: str, **more: Any) -> dict[str, Any]:
    """What a candidate sends when all is well."""
    criteria = enrolment.unit.criteria.filter(number__in=numbers) if enrolment else []
    return {
        "title": "Call handling review",
        "description": "I reviewed the calls of my team.",
        "activity_on": timezone.localdate().isoformat(),
        "kind": "work_product",
        "setting": "paid_work",
        "held": "here",
        "others_data": "none",
        "criteria": [f"{enrolment.pk}:{criterion.pk}" for criterion in criteria] if enrolment else [],
        "then": "draft",
        **more,
    }


def value(enrolment: Enrolment, number: str) -> str:
    return f"{enrolment.pk}:{enrolment.unit.criteria.get(number=number).pk}"


def kept_in(answer: HttpResponseBase) -> list[str]:
    """Tokens of the uploads that the page keeps for the form's next sending."""
    assert isinstance(answer, HttpResponse)
    found = re.findall(r'name="upload" value="([^"]+)"', answer.content.decode())
    assert found
    return found


def address(name: str, version: EvidenceVersion) -> str:
    return reverse(f"assessments:{name}", args=[version.evidence_id])


def token_on(page: str) -> str:
    """What a judge page says it shows."""
    found = re.search(rf'name="{SEEN}" value="([^"]+)"', page)
    assert found
    return found[1]
