"""The pages of staff, and of what candidates say of themselves."""

import pytest
from django.test import Client
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import AccessLine, Centre, Competence, Development, DiversityAnswer, User
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db
TODAY = str(timezone.localdate())


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def ann(centre: Centre) -> User:
    return a_staff_member(centre, "Ann Lee", Role.ASSESSOR).user


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address, follow=True).content.decode().split())


def test_an_office_records_what_somebody_is_competent_in_and_ends_it(
    client: Client, centre: Centre, admin: User, ann: User
) -> None:
    client.force_login(admin)
    here = f"/centre/{centre.slug}/staff/{ann.handle}/"
    assert "Ann Lee" in read(client, "/staff/")
    typed = {"area": "CC16", "evidence": "CV seen.", "confirmed_on": TODAY}
    assert client.post(f"{here}competence/new/", typed).headers["Location"] == here
    assert "CC16" in read(client, f"/centre/{centre.slug}/staff/")
    end = f"/staff/competence/{Competence.objects.get().pk}/end/"
    assert client.post(end, {"ended_on": TODAY, "reason": ""}).status_code == 409
    client.post(end, {"ended_on": TODAY, "reason": "Left the work."})
    assert "Left the work." in read(client, here)
    assert client.get(end).status_code == 404


def test_somebody_keeps_a_log_that_the_office_reads(client: Client, centre: Centre, admin: User, ann: User) -> None:
    client.force_login(ann)
    assert "Your log is empty" in read(client, "/development/")
    typed = {"done_on": TODAY, "what": "Webinar", "hours": "1.5", "reflection": "Ask how a text came about."}
    client.post(f"/centre/{centre.slug}/development/new/", typed)
    entry = Development.objects.get()
    client.post(f"/development/{entry.pk}/", typed | {"hours": "2"})
    own = read(client, "/development/")
    assert "2 hours in the last year" in own
    assert "Add to your log" in own
    client.force_login(admin)
    here = f"/centre/{centre.slug}/staff/{ann.handle}/"
    shown = read(client, here)
    assert "Ask how a text came about." in shown
    assert "Add to your log" not in shown
    assert client.get(f"/development/{entry.pk}/").status_code == 404
    client.force_login(ann)
    client.post(f"/development/{entry.pk}/take-out/")
    assert "Webinar" not in read(client, "/development/")


def test_who_works_here_leaves_with_the_days_of_their_roles(
    client: Client, centre: Centre, admin: User, ann: User
) -> None:
    client.force_login(admin)
    here = f"/centre/{centre.slug}/staff/"
    typed = {"area": "CC16", "evidence": "CV seen.", "confirmed_on": TODAY, "review_on": "2031-02-03"}
    client.post(f"{here}{ann.handle}/competence/new/", typed)
    assert f'href="{here}file/csv/"' in read(client, here)
    lines = {line["Name"]: line for line in taken(client, f"{here}file/csv/")}
    assert lines["Ann Lee"]["Roles today"].startswith("Assessor from ")
    assert lines["Ann Lee"]["Roles today"].removeprefix("Assessor ") in read(client, here)
    told = ("Competent in", "Competence to be looked at again", "Development, hours in a year")
    assert [lines["Ann Lee"][head] for head in told] == ["CC16", "2031-02-03", "0.0"]
    assert AccessLine.objects.get().subject_kind == "staff"


def test_a_log_leaves_for_those_who_read_it(client: Client, centre: Centre, ann: User) -> None:
    client.force_login(ann)
    entry = {"what": "Webinar", "reflection": "Ask how a text came about."}
    client.post(f"/centre/{centre.slug}/development/new/", {"done_on": TODAY, "hours": "1.5", **entry})
    place = f"/centre/{centre.slug}/staff/{ann.handle}/development/file/csv/"
    assert f'href="{place}"' in read(client, "/development/")
    (line,) = taken(client, place)
    assert list(line.values()) == ["Ann Lee", TODAY, "Webinar", "1.5", "Ask how a text came about."]
    look = AccessLine.objects.get()
    assert (look.subject_kind, look.subject_id, look.downloaded) == ("staffrecord", ann.staff_records.get().pk, True)
    client.force_login(a_staff_member(centre, "Bob Other", Role.ASSESSOR).user)
    assert client.get(place).status_code == 404


def test_colleagues_do_not_read_each_others_logs(client: Client, centre: Centre, ann: User) -> None:
    client.force_login(a_staff_member(centre, "Bob Other", Role.ASSESSOR).user)
    assert client.get(f"/centre/{centre.slug}/staff/{ann.handle}/").status_code == 404
    assert client.get(f"/centre/{centre.slug}/staff/").status_code == 403


def test_a_candidate_answers_changes_and_erases(client: Client, centre: Centre, admin: User) -> None:
    cara = a_candidate(centre)
    client.force_login(cara.user)
    here = f"/about-me/{centre.slug}/"
    assert "You need not answer any of it" in read(client, here)
    assert client.post(here, {}).status_code == 409
    client.post(here, {"gender": "woman", "age_band": ""})
    assert 'value="woman" selected' in read(client, here)
    client.force_login(admin)
    assert client.get(here).status_code == 403
    counts = read(client, f"/centre/{centre.slug}/candidates-in-numbers/")
    assert "not shown" in counts
    assert ">1<" not in counts
    client.force_login(cara.user)
    client.post(f"{here}erase/")
    assert not DiversityAnswer.objects.exists()
    assert client.post(f"{here}erase/").status_code == 404
