"""What somebody is told by e-mail is their own choice."""

import pytest
from django.utils import timezone

from portfolio import actions
from portfolio.enums import Rhythm, Told
from portfolio.models import AuditEvent, LeftOut, Telling, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ann() -> User:
    return an_administrator(a_centre())


def left_out(user: User) -> set[str]:
    return set(LeftOut.objects.filter(user=user).values_list("kind", flat=True))


def test_a_choice_is_kept_and_written_in_the_book_of_the_installation(ann: User) -> None:
    offered = [Told.TO_CLAIM, Told.ROLE_ENDING]
    actions.choose_telling(user=ann, rhythm=Rhythm.HOURLY, offered=offered, wanted=[Told.TO_CLAIM], by=ann, at=NOW)
    assert Telling.objects.get(user=ann).rhythm == Rhythm.HOURLY
    assert left_out(ann) == {Told.ROLE_ENDING}
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.subject_kind, line.chain.centre) == ("choose news", ann, "user", None)


def test_a_later_choice_takes_its_place_and_leaves_what_was_not_offered(ann: User) -> None:
    for wanted in ([], [Told.TO_CLAIM]):
        actions.choose_telling(user=ann, rhythm=Rhythm.DAILY, offered=[Told.TO_CLAIM], wanted=wanted, by=ann, at=NOW)
    actions.choose_telling(user=ann, rhythm=Rhythm.DAILY, offered=[Told.FEEDBACK], wanted=[], by=ann, at=NOW)
    actions.choose_telling(user=ann, rhythm=Rhythm.DAILY, offered=[Told.TO_CLAIM], wanted=[], by=ann, at=NOW)
    assert left_out(ann) == {Told.FEEDBACK, Told.TO_CLAIM}


def test_nobody_chooses_for_another(ann: User) -> None:
    other = an_administrator(a_centre("Southgate"), "Olga Other")
    with pytest.raises(Refusal, match="for themselves"):
        actions.choose_telling(user=ann, rhythm=Rhythm.NEVER, offered=Told, wanted=[], by=other, at=NOW)
    assert not Telling.objects.exists()


def test_stopping_ends_the_e_mails_and_keeps_the_choice_of_kinds(ann: User) -> None:
    actions.choose_telling(user=ann, rhythm=Rhythm.HOURLY, offered=[Told.TO_CLAIM], wanted=[], by=ann, at=NOW)
    actions.stop_digest(user=ann, by=None, at=NOW)
    assert Telling.objects.get(user=ann).rhythm == Rhythm.NEVER
    assert left_out(ann) == {Told.TO_CLAIM}
    assert AuditEvent.objects.latest("pk").verb == "stop news"
