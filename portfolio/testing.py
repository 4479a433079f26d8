"""People for tests, born through the real verbs, so that they can never be illegal."""

import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from portfolio import actions, vault
from portfolio.enums import QualificationKind, Role
from portfolio.models import CandidateRecord, Centre, StaffRecord, StoredFile, User

PASSWORD = "seven quiet lighthouse keepers"


def address_of(name: str) -> str:
    """An address for a made-up person: "Ann Lee" signs in as ann.lee@example.org."""
    return f"{name.lower().replace(' ', '.')}@example.org"


def a_centre(name: str = "Northgate Centre", *, at: datetime.datetime | None = None) -> Centre:
    """An open centre without anybody in it."""
    return actions.open_centre(name=name, slug=name.lower().replace(" ", "-"), by=None, at=at or timezone.now())


def a_staff_member(
    centre: Centre, name: str, *roles: Role, by: User | None = None, at: datetime.datetime | None = None
) -> StaffRecord:
    """Somebody invited to the staff of the centre in these roles."""
    return actions.invite_staff(
        centre=centre, email=address_of(name), name=name, roles=roles, by=by, at=at or timezone.now()
    )


def an_administrator(centre: Centre, name: str = "Alma Admin") -> User:
    """The person who keeps the records of the centre's people."""
    return a_staff_member(centre, name, Role.ADMINISTRATOR).user


def a_candidate(
    centre: Centre,
    name: str = "Cara Candidate",
    *,
    number: str = "",
    by: User | None = None,
    at: datetime.datetime | None = None,
) -> CandidateRecord:
    """Somebody invited as a candidate of the centre."""
    return actions.invite_candidate(
        centre=centre,
        email=address_of(name),
        legal_name=name,
        candidate_number=number,
        by=by,
        at=at or timezone.now(),
    )


def qualified(staff: StaffRecord, kind: QualificationKind, role: Role, achieved_on: datetime.date) -> StaffRecord:
    """The same person with an award on record."""
    actions.record_qualification(staff=staff, kind=kind, role=role, achieved_on=achieved_on, by=None, at=timezone.now())
    return staff


def with_password(user: User, password: str = PASSWORD) -> User:
    """The same person, able to sign in: read afresh, as the one given may be shared with other tests."""
    fresh = User.objects.get(pk=user.pk)
    fresh.set_password(password)
    fresh.save(update_fields=["password"])
    return fresh


def shown_to(browser: Client, page: str) -> str:
    """What a page to sign on says that it shows."""
    return str(browser.get(page).context["form"]["page_of_record"].value())


def signs(browser: Client, page: str, **sent: Any) -> Any:
    """The answer to a signature given as a person gives it: the page read first, then sent with the password."""
    return browser.post(page, {"password": PASSWORD, "page_of_record": shown_to(browser, page), **sent})


def in_vault(stored: StoredFile) -> bytes | None:
    """What the vault has of a file, wherever it keeps it; None where its bytes are gone."""
    try:
        with vault.open_stored(stored) as content:
            return content.read()
    except FileNotFoundError:
        return None
