"""The pages of a table of people."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portfolio.enums import ImportStatus, RowState
from portfolio.models import AccessLine, CandidateRecord, Centre, OutgoingMessage, PeopleImport, User
from portfolio.testing import a_candidate, a_centre, an_administrator

pytestmark = pytest.mark.django_db
TABLE = (
    "E-mail,Full name,ULN,Shoe size\n"
    "nia@example.org,Nia Newman,9276308686,38\n"
    "=cmd|'/c calc',Bad One,9999999999,40\n"
    "cara.candidate@example.org,Cara Jones,,39\n"
)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(client: Client, centre: Centre) -> User:
    admin = an_administrator(centre)
    a_candidate(centre)
    client.force_login(admin)
    return admin


def page(centre: Centre) -> str:
    return f"/centre/{centre.slug}/people/from-a-table/"


def send(client: Client, centre: Centre, content: str = TABLE, name: str = "people.csv") -> Any:
    return client.post(page(centre), {"table": SimpleUploadedFile(name, content.encode())}, follow=True)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("admin")
def test_a_table_is_sent_checked_looked_at_and_taken(client: Client, centre: Centre) -> None:
    assert "Columns that are read" in text(client.get(page(centre)))
    shown = text(send(client, centre))
    sent = PeopleImport.objects.get()
    here = f"{page(centre)}{sent.pk}/"
    assert "Not read: Shoe size." in shown
    assert "Cannot be taken (1)" in shown
    assert "<strong>ULN:</strong> 9999999999 is not a unique learner number" in shown
    assert "Take 1 person" in shown
    changed = text(client.get(f"{here}?show=change"))
    assert "<del>Cara Candidate</del> → <ins>Cara Jones</ins>" in changed
    row = sent.rows.get(state=RowState.CHANGE).pk
    ticked = text(client.post(f"{here}changes/", {"shown": row, "wanted": row}, follow=True))
    assert "Take 2 people" in ticked
    assert f'value="{row}" aria-label="Take the change of row 4" checked' in ticked
    done = text(client.post(here, {"send": "later"}, follow=True))
    assert "the invitations held back" in done
    assert set(CandidateRecord.objects.values_list("legal_name", flat=True)) == {"Nia Newman", "Cara Jones"}
    assert not OutgoingMessage.objects.filter(to="nia@example.org").exists()
    people = f"/centre/{centre.slug}/people/"
    assert "1 invitation is held back" in text(client.get(people))
    assert "are being written" in text(client.post(f"{people}invite/", follow=True))
    assert OutgoingMessage.objects.filter(to="nia@example.org").count() == 1
    assert "held back" not in text(client.get(people))


@pytest.mark.usefixtures("admin")
def test_ticking_all_or_none_reaches_changes_on_every_page(client: Client, centre: Centre) -> None:
    send(client, centre)
    sent = PeopleImport.objects.get()
    here = f"{page(centre)}{sent.pk}/"
    client.post(f"{here}changes/", {"all": "yes"})
    assert sent.rows.get(state=RowState.CHANGE).wanted
    client.post(f"{here}changes/", {"none": "yes"})
    assert not sent.rows.get(state=RowState.CHANGE).wanted
    client.post(f"{here}changes/", {"shown": "x", "wanted": "y"})
    assert not sent.rows.get(state=RowState.CHANGE).wanted


@pytest.mark.usefixtures("admin")
def test_the_bad_rows_leave_with_the_reasons_and_run_nowhere(client: Client, centre: Centre) -> None:
    send(client, centre)
    sent = PeopleImport.objects.get()
    answer = client.get(f"{page(centre)}{sent.pk}/bad-rows.csv")
    lines = b"".join(answer).decode().splitlines()
    assert lines[0] == "\ufeffRow,E-mail,Full name,ULN,Reason"
    assert lines[1].startswith("3,'=cmd|'/c calc',Bad One,9999999999,")
    assert "ULN: 9999999999 is not a unique learner number" in lines[1]
    assert AccessLine.objects.get().subject_kind == "badrows"
    put_right = "\n".join(lines).replace("'=cmd|'/c calc'", "bad.one@example.org").replace("9999999999", "")
    again = text(send(client, centre, put_right, "right.csv"))
    assert "Take 1 person" in again
    assert "Not read" not in again
    assert client.get(f"{page(centre)}{sent.pk}/bad-rows.pdf").status_code == 404


@pytest.mark.usefixtures("admin")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_is_a_table_that_can_be_sent(client: Client, centre: Centre, ending: str) -> None:
    answer = client.get(f"{page(centre)}template.{ending}")
    content = b"".join(answer) if answer.streaming else answer.content
    client.post(page(centre), {"table": SimpleUploadedFile(f"template.{ending}", content)})
    sent = PeopleImport.objects.get()
    assert sent.status == ImportStatus.CHECKED, sent.problem
    assert (sent.unknown, sent.total) == ([], 1)
    assert {field for field, _ in sent.rows.get().problems} <= {"units", "assessor", "verifier"}
    assert client.get(f"{page(centre)}template.pdf").status_code == 404


@pytest.mark.usefixtures("admin")
def test_what_cannot_be_read_says_why_and_what_to_do(client: Client, centre: Centre) -> None:
    shown = text(send(client, centre, "Full name\nAnn\n"))
    assert "No column tells people apart" in shown
    assert "Send another" in shown
    assert client.post(page(centre), {}).status_code == 409


@pytest.mark.usefixtures("admin")
def test_a_table_is_thrown_away(client: Client, centre: Centre) -> None:
    send(client, centre)
    here = f"{page(centre)}{PeopleImport.objects.get().pk}/"
    assert "thrown away" in text(client.post(f"{here}throw-away/", follow=True))
    assert client.get(here).status_code == 404


@pytest.mark.usefixtures("admin")
def test_a_table_that_waits_shows_how_far_it_is_and_renews_itself(client: Client, centre: Centre) -> None:
    send(client, centre)
    sent = PeopleImport.objects.get()
    PeopleImport.objects.update(status=ImportStatus.READING, total=3, done=2)
    shown = text(client.get(f"{page(centre)}{sent.pk}/"))
    assert '<progress id="import-progress" value="2" max="3">' in shown
    assert "Go on" not in shown
    PeopleImport.objects.update(problem="A fault.", content=TABLE.encode())
    assert "Go on" in text(client.get(f"{page(centre)}{sent.pk}/"))
    client.post(f"{page(centre)}{sent.pk}/go-on/")
    assert PeopleImport.objects.get().problem == ""


def test_another_centres_table_is_not_found(client: Client, centre: Centre, admin: User) -> None:
    send(client, centre)
    sent = PeopleImport.objects.get()
    client.force_login(an_administrator(a_centre("Southgate Centre"), "Olga Other"))
    assert client.get(f"{page(centre)}{sent.pk}/").status_code == 404
    assert client.post(f"{page(centre)}{sent.pk}/", {"send": "now"}).status_code == 404
