"""What is typed is kept: by field and time, for its person alone, until it is sent or thrown away."""

import datetime
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import work
from portfolio.models import Centre, User, WorkInProgress
from portfolio.testing import a_centre, an_administrator, with_password
from portfolio.work import Subject

pytestmark = pytest.mark.django_db

Answer = Any


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def ann(centre: Centre, client: Client) -> User:
    user = with_password(an_administrator(centre))
    client.force_login(user)
    return user


@pytest.fixture
def subject(ann: User, centre: Centre) -> Subject:
    return Subject(ann, "candidate", f"new at {centre.slug}")


def form_of(centre: Centre) -> str:
    return reverse("portfolio:add_candidate", args=[centre.slug])


def save(client: Client, subject: Subject, page: str = "a", turn: int = 1, seen: int = 0, **fields: Any) -> Answer:
    """A save of a page: each field its values and how many seconds ago it was typed, None when it only stood there."""
    sent = {key: [values, None if age is None else age * 1000] for key, (values, age) in fields.items()}
    body = {"work": subject.token, "page": page, "turn": turn, "seen": seen, "fields": sent}
    return client.post(reverse("portfolio:keep_work"), json.dumps(body), content_type="application/json")


def kept(subject: Subject) -> dict[str, list[str]]:
    row = WorkInProgress.objects.get(user=subject.user, form=subject.form, about=subject.about)
    return {key: entry["values"] for key, entry in row.fields.items()}


def test_it_comes_back_where_the_form_is_opened_again(client: Client, subject: Subject, centre: Centre) -> None:
    answer = save(client, subject, legal_name=(["Cara"], 3), email=(["not yet an addr"], 1))
    assert answer.json() == {
        "at": timezone.localtime().strftime("%H:%M"),
        "revision": 1,
        "elsewhere": {},
        "gone": False,
    }
    elsewhere = Client()
    elsewhere.force_login(subject.user)
    page = elsewhere.get(form_of(centre)).content.decode()
    assert 'value="Cara"' in page
    assert 'value="not yet an addr"' in page
    assert "have not sent it yet" in page
    assert "is-invalid" not in page
    assert "The record has changed" not in page


def test_a_form_that_nobody_typed_into_says_nothing(client: Client, subject: Subject, centre: Centre) -> None:
    page = client.get(form_of(centre)).content.decode()
    assert "data-kept" in page
    assert "not sent it yet" not in page


def test_sending_it_forgets_it_and_a_refusal_does_not(client: Client, subject: Subject, centre: Centre) -> None:
    save(client, subject, legal_name=(["Cara"], 3))
    client.post(form_of(centre), {"legal_name": "Cara", "email": "not an address"})
    assert kept(subject) == {"legal_name": ["Cara"]}
    client.post(form_of(centre), {"legal_name": "Cara", "email": "cara@example.org"})
    assert not WorkInProgress.objects.exists()


def test_what_the_act_does_and_the_forgetting_are_one(client: Client, subject: Subject, centre: Centre) -> None:
    save(client, subject, legal_name=(["Cara"], 3))
    found = work.found(subject, timezone.now())

    def undone() -> None:
        with found.finishing():
            Centre.objects.filter(pk=centre.pk).update(name="Another")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert kept(subject) == {"legal_name": ["Cara"]}
    centre.refresh_from_db()
    assert centre.name != "Another"


def test_it_is_thrown_away_by_a_press_alone(client: Client, subject: Subject, centre: Centre) -> None:
    save(client, subject, legal_name=(["Cara"], 3))
    sent = {"work": subject.token, "next": form_of(centre)}
    assert client.get(reverse("portfolio:discard_work")).status_code == 405
    answer = client.post(reverse("portfolio:discard_work"), sent)
    assert answer.headers["Location"] == form_of(centre)
    assert not WorkInProgress.objects.exists()
    away = client.post(reverse("portfolio:discard_work"), sent | {"next": "https://elsewhere.example/"})
    assert away.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (("b", 1, 60), ("a", 1, 5), "of a"),
        (("b", 1, 5), ("a", 1, 60), "of b"),
        (("a", 2, 5), ("a", 1, 0), "of a first"),
        (("a", 1, 0), ("a", 2, 5), "of a"),
        (("b", 1, None), ("a", 1, 900), "of a"),
        (("b", 1, 900), ("a", 1, None), "of b"),
    ],
    ids=["newer", "older", "an older save of the page comes late", "later save", "typed over untouched", "untouched"],
)
def test_of_two_the_newest_counts(
    client: Client, subject: Subject, first: tuple[Any, ...], second: tuple[Any, ...], stands: str
) -> None:
    for (page, turn, age), text in ((first, f"of {first[0]} first"), (second, f"of {second[0]}")):
        save(client, subject, page, turn, legal_name=([text], age))
    [found] = kept(subject)["legal_name"]
    assert found.startswith(stands)


def test_two_devices_are_made_one_field_by_field_and_each_hears_of_the_other(client: Client, subject: Subject) -> None:
    ticked: dict[str, Any] = {"roles=a": (["a"], 9)}
    save(client, subject, "phone", legal_name=(["Cara"], 9), **ticked)
    ticked = {"roles=b": (["b"], 0)}
    answer = save(client, subject, "desk", email=(["cara@example.org"], 0), **ticked)
    assert answer.json()["elsewhere"] == {"legal_name": ["Cara"], "roles=a": ["a"]}
    again = save(client, subject, "desk", 2, seen=answer.json()["revision"])
    assert again.json()["elsewhere"] == {}
    back = save(client, subject, "phone", 2, seen=1)
    assert back.json()["elsewhere"] == {"email": ["cara@example.org"], "roles=b": ["b"]}
    data = work.found(subject, timezone.now()).data
    assert data is not None
    assert data.getlist("roles") == ["a", "b"]


def test_a_page_left_open_hears_that_its_work_was_sent_elsewhere(client: Client, subject: Subject) -> None:
    revision = save(client, subject, "phone", legal_name=(["Cara"], 9)).json()["revision"]
    work.forget(subject)
    assert save(client, subject, "phone", 2, seen=revision).json()["gone"] is True
    assert not WorkInProgress.objects.exists()


def test_a_late_save_of_what_was_sent_begins_nothing_anew(client: Client, subject: Subject) -> None:
    revision = save(client, subject, legal_name=(["Cara"], 3)).json()["revision"]
    work.forget(subject)
    late = save(client, subject, "a", 2, seen=revision, email=(["cara@example.org"], 1))
    assert late.json()["gone"] is True
    assert not WorkInProgress.objects.exists()


def test_it_says_that_the_record_changed_since(client: Client, ann: User, centre: Centre) -> None:
    before = Subject(ann, "candidate", f"new at {centre.slug}", work.basis_of("another record"))
    save(client, before, legal_name=(["Cara"], 3))
    assert "The record has changed since then" in client.get(form_of(centre)).content.decode()


def test_passwords_are_never_kept(client: Client, subject: Subject) -> None:
    save(
        client,
        subject,
        password=(["secret"], 0),
        new_password1=(["secret"], 0),
        csrfmiddlewaretoken=(["x"], 0),
        a=(["b"], 0),
    )
    assert kept(subject) == {"a": ["b"]}


def test_nobody_keeps_or_throws_away_what_another_types(client: Client, subject: Subject, centre: Centre) -> None:
    save(client, subject, legal_name=(["Cara"], 3))
    other = Client()
    other.force_login(with_password(an_administrator(centre, "Olga Other")))
    answer = save(other, subject, legal_name=(["Mallory"], 0))
    assert answer.status_code == 409
    assert answer.json()["refused"] == ["Somebody else has signed in meanwhile, so nothing of this page was saved."]
    other.post(reverse("portfolio:discard_work"), {"work": subject.token})
    assert kept(subject) == {"legal_name": ["Cara"]}
    assert "Cara" not in other.get(form_of(centre)).content.decode()


def test_somebody_signed_out_is_told_so(client: Client, subject: Subject) -> None:
    client.logout()
    answer = save(client, subject, legal_name=(["Cara"], 3))
    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["refused"][0]


def test_what_is_too_long_is_refused_in_words(client: Client, subject: Subject) -> None:
    answer = save(client, subject, legal_name=(["x" * (work.LONGEST + 1)], 0))
    assert answer.status_code == 413
    assert "too long" in answer.json()["refused"][0]
    assert not WorkInProgress.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"work": "forged", "fields": {}}', b"\xff", b'{"work": 3}'])
def test_what_cannot_be_read_is_refused_in_words(client: Client, ann: User, body: bytes) -> None:
    answer = client.post(reverse("portfolio:keep_work"), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["refused"]


@pytest.mark.parametrize("field", [["values", "far"], [[3], 0], [["a"], 1e400], [["a"], "b"], ["a"], None])
def test_fields_that_are_none_are_refused(client: Client, subject: Subject, field: Any) -> None:
    body = {"work": subject.token, "page": "a", "turn": 1, "seen": 0, "fields": {"a": field}}
    answer = client.post(reverse("portfolio:keep_work"), json.dumps(body), content_type="application/json")
    assert answer.status_code == 400


def test_what_nobody_goes_on_with_is_gone_after_a_month(client: Client, subject: Subject, centre: Centre) -> None:
    save(client, subject, legal_name=(["Cara"], 3))
    past = timezone.now() - work.KEPT_FOR - datetime.timedelta(minutes=1)
    WorkInProgress.objects.update(typed_at=past)
    assert "Cara" not in client.get(form_of(centre)).content.decode()
    said = StringIO()
    call_command("sweep_work", stdout=said)
    assert "Forms removed: 1.\n" in said.getvalue()
