"""Opening a centre."""

import pytest
from django.utils import timezone

from portfolio.actions import open_centre
from portfolio.models import AuditEvent, Centre
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_it_opens_a_centre_with_an_audit_book_of_its_own() -> None:
    centre = open_centre(name=" Northgate ", slug="northgate", by=None, at=timezone.now())
    assert (centre.name, centre.slug) == ("Northgate", "northgate")
    line = AuditEvent.objects.get()
    assert (line.verb, line.chain.centre, line.actor) == ("open centre", centre, None)


@pytest.mark.parametrize(("name", "slug"), [("", "northgate"), ("Northgate", "north gate"), ("Other", "taken")])
def test_it_refuses_a_centre_without_a_name_or_an_address_of_its_own(name: str, slug: str) -> None:
    open_centre(name="Taken", slug="taken", by=None, at=timezone.now())
    with pytest.raises(Refusal):
        open_centre(name=name, slug=slug, by=None, at=timezone.now())
    assert Centre.objects.count() == 1
