"""The administrator's pages about people: who may open them, and what they do."""

import datetime
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import actions
from portfolio.enums import QualificationKind, Role
from portfolio.invitation import Invitation
from portfolio.models import (
    AuditEvent,
    CandidateRecord,
    Centre,
    OutgoingMessage,
    RoleGrant,
    StaffQualification,
    StaffRecord,
    User,
)
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator, with_password

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
CSRF = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>|<time[^>]*>[^<]*</time>')


@dataclass(frozen=True)
class Cast:
    """One centre with its people, and an administrator of another."""

    centre: Centre
    admin: User
    stranger: User
    staff: StaffRecord
    candidate: CandidateRecord
    award: StaffQualification


@pytest.fixture
def cast() -> Cast:
    centre = a_centre()
    staff = a_staff_member(centre, "Ann Lee", Role.ASSESSOR, at=timezone.now() - 30 * DAY)
    award = actions.record_qualification(
        staff=staff,
        kind=QualificationKind.TAQA,
        role=Role.ASSESSOR,
        target_on=TODAY + 90 * DAY,
        by=None,
        at=timezone.now(),
    )
    return Cast(
        centre=centre,
        admin=an_administrator(centre),
        stranger=an_administrator(a_centre("Southgate Centre"), "Olga Other"),
        staff=staff,
        candidate=a_candidate(centre, "Cara Candidate"),
        award=award,
    )


def address(cast: Cast, name: str, person: User | None = None, **more: int) -> str:
    found: dict[str, Any] = {"slug": cast.centre.slug} | ({"handle": person.handle} if person else {}) | more
    return reverse(f"portfolio:{name}", kwargs=found)


def pages(cast: Cast) -> list[str]:
    """Every page about the centre's people that answers a GET."""
    ann, cara = cast.staff.user, cast.candidate.user
    grant = RoleGrant.objects.get(user=ann)
    return [
        address(cast, "centre_people"),
        address(cast, "add_candidate"),
        address(cast, "add_staff"),
        address(cast, "person", ann),
        address(cast, "person", cara),
        address(cast, "edit_candidate", cara),
        address(cast, "edit_staff", ann),
        address(cast, "grant_role", ann),
        address(cast, "end_role", ann, grant_pk=grant.pk),
        address(cast, "add_qualification", ann),
        address(cast, "qualification_achieved", ann, award_pk=cast.award.pk),
    ]


def test_an_administrator_opens_every_page_of_the_own_centre(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    for page in pages(cast):
        assert client.get(page).status_code == 200, page


def test_an_administrator_of_another_centre_finds_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    for page in pages(cast):
        assert client.get(page).status_code == 404, page
    for page in [*pages(cast)[1:3], *pages(cast)[5:], address(cast, "invite_again", cast.staff.user)]:
        assert client.post(page).status_code == 404, page


@pytest.mark.parametrize("who", ["staff", "candidate"])
def test_other_people_of_the_centre_are_told_whose_pages_these_are(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who).user)
    for page in pages(cast):
        assert client.get(page).status_code == 403, page


def test_nobody_opens_them_without_signing_in(client: Client, cast: Cast) -> None:
    for page in pages(cast):
        assert client.get(page).headers["Location"].startswith("/accounts/login/?next="), page


def test_a_person_of_another_centre_is_not_found_in_this_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    assert client.get(address(cast, "person", cast.stranger)).status_code == 404
    grant = RoleGrant.objects.get(user=cast.stranger)
    assert client.get(address(cast, "end_role", cast.staff.user, grant_pk=grant.pk)).status_code == 404


def test_a_record_the_person_has_not_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    assert client.get(address(cast, "edit_staff", cast.candidate.user)).status_code == 404
    assert client.get(address(cast, "add_qualification", cast.candidate.user)).status_code == 404
    assert client.get(address(cast, "edit_candidate", cast.staff.user)).status_code == 404


def test_people_leads_to_the_only_centre_or_lists_them(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    assert client.get("/people/").headers["Location"] == address(cast, "centre_people")
    actions.invite_staff(
        centre=a_centre("Westgate Centre"),
        email=cast.admin.email,
        name="Alma",
        roles=[Role.ADMINISTRATOR],
        by=None,
        at=timezone.now(),
    )
    listed = client.get("/people/").content.decode()
    assert "Westgate Centre" in listed
    assert "Northgate Centre" in listed
    assert "Southgate Centre" not in listed


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", {"Alma Admin", "Ann Lee", "Cara Candidate"}),
        ("?role=assessor", {"Ann Lee"}),
        ("?role=candidate", {"Cara Candidate"}),
        ("?role=lead_verifier", set()),
        ("?search=ann.lee%40", {"Ann Lee"}),
        ("?search=CARA", {"Cara Candidate"}),
        ("?search=a&role=administrator", {"Alma Admin"}),
        ("?role=nonsense", {"Alma Admin", "Ann Lee", "Cara Candidate"}),
        ("?page=99", {"Alma Admin", "Ann Lee", "Cara Candidate"}),
    ],
)
def test_it_lists_the_people_asked_for(client: Client, cast: Cast, asked: str, expected: set[str]) -> None:
    client.force_login(cast.admin)
    found = client.get(address(cast, "centre_people") + asked).context["found"]
    assert {line.name for line in found.lines} == expected


def test_the_list_leaves_as_it_is_filtered_with_the_numbers_of_candidates(client: Client, cast: Cast) -> None:
    actions.edit_candidate(
        candidate=cast.candidate,
        legal_name="Cara Candidate",
        known_as="Zoë",
        candidate_number="12345678",
        by=None,
        at=timezone.now(),
    )
    client.force_login(cast.admin)
    page = client.get(address(cast, "centre_people") + "?search=cara")
    place = reverse("portfolio:people_file", args=[cast.centre.slug, "csv"])
    assert f'href="{place}?search=cara"' in page.content.decode()
    sent: Any = client.get(place, {"search": "cara"})
    head, line = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()
    assert head.split(",")[:5] == ["Name", "Roles today", "E-mail", "Legal name", "Candidate number"]
    assert line.split(",")[:5] == ["Zoë", "Candidate", "cara.candidate@example.org", "Cara Candidate", "12345678"]
    everybody: Any = client.get(place)
    assert len(b"".join(everybody.streaming_content).splitlines()) == 4
    assert client.get(place.replace("csv", "pdf")).status_code == 404


def test_it_finds_a_candidate_by_the_legal_name_and_lists_the_name_they_go_by(client: Client, cast: Cast) -> None:
    actions.edit_candidate(
        candidate=cast.candidate, legal_name="Cara Candidate", known_as="Zoë", by=None, at=timezone.now()
    )
    client.force_login(cast.admin)
    found = client.get(address(cast, "centre_people") + "?search=candidate").context["found"]
    assert [line.name for line in found.lines] == ["Zoë"]


def test_a_list_and_a_person_take_as_many_queries_with_many_people_as_with_few(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.admin)
    counts = []
    for more in (0, 27):
        for number in range(more):
            person = a_candidate(cast.centre, f"Person {number}").user
            a_staff_member(cast.centre, f"Person {number}", Role.ASSESSOR, Role.LEAD_VERIFIER)
            actions.resend_invitation(centre=cast.centre, user=person, by=None, at=timezone.now())
        with django_assert_max_num_queries(15) as listing:
            client.get(address(cast, "centre_people"))
        with django_assert_max_num_queries(15) as one:
            client.get(address(cast, "person", cast.staff.user))
        counts.append((len(listing), len(one)))
    assert counts[0] == counts[1]


def test_it_invites_a_candidate_and_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    answer = client.post(
        address(cast, "add_candidate"), {"email": "new@example.org", "legal_name": "Nia Newman"}, follow=True
    )
    assert "Nia Newman has been invited" in answer.content.decode()
    assert CandidateRecord.objects.get(legal_name="Nia Newman").centre == cast.centre


def test_an_invitation_to_a_known_address_answers_exactly_like_one_to_an_unknown(client: Client, cast: Cast) -> None:
    other = a_centre("Westgate Centre")
    with_password(a_candidate(other, "Known Person").user)
    client.force_login(cast.admin)
    answers = []
    for name, email in [("New Person", "new.person@example.org"), ("Known Person", "known.person@example.org")]:
        invited = client.post(address(cast, "add_candidate"), {"email": email, "legal_name": name}, follow=True)
        person = CandidateRecord.objects.get(centre=cast.centre, user__email=email).user
        shown = client.get(address(cast, "person", person)).content.decode().split("<main")[1]
        grant = RoleGrant.objects.get(user=person, centre=cast.centre)
        telling = [name, quote(name), email, quote(email), person.handle, f"roles/{grant.pk}/"]
        for word in telling:
            shown = shown.replace(word, "X")
        message = str(next(iter(invited.context["messages"])))
        answers.append((message.replace(name, "X").replace(email, "X"), CSRF.sub("", shown)))
    assert answers[0] == answers[1]


def test_bad_input_is_kept_with_the_reason_beside_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    answer = client.post(
        address(cast, "add_candidate"), {"email": "new@example.org", "legal_name": "Nia", "uln": "9999999999"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "9999999999 is not a unique learner number" in text
    assert 'value="new@example.org"' in text
    assert 'value="9999999999"' in text
    assert not CandidateRecord.objects.filter(legal_name="Nia").exists()


def test_a_refusal_stands_above_the_form_which_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    answer = client.post(address(cast, "add_candidate"), {"email": cast.candidate.user.email, "legal_name": "Twice"})
    assert answer.status_code == 409
    assert "This person is a candidate of the centre already." in answer.content.decode()
    assert 'value="Twice"' in answer.content.decode()


def test_it_adds_staff_with_roles(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    typed = {"email": "vic@example.org", "name": "Vic Verifier", "roles": ["internal_verifier", "administrator"]}
    answer = client.post(address(cast, "add_staff"), typed)
    assert answer.status_code == 302
    assert RoleGrant.objects.filter(user__email="vic@example.org").count() == 2
    answer = client.post(address(cast, "add_staff"), typed | {"roles": []})
    assert "Choose at least one role" in answer.content.decode()
    answer = client.post(address(cast, "add_staff"), typed | {"roles": ["candidate"]})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("name", "who", "typed"),
    [
        ("edit_candidate", "candidate", {"legal_name": "Cara Jones"}),
        ("edit_staff", "staff", {"name": "Ann Leigh"}),
        ("grant_role", "staff", {"role": "lead_verifier", "starts_on": str(TODAY)}),
        ("add_qualification", "staff", {"award": "v1:internal_verifier", "achieved_on": str(TODAY)}),
        ("invite_again", "candidate", {}),
    ],
)
def test_each_act_writes_one_line_and_comes_back_to_the_person(
    client: Client, cast: Cast, name: str, who: str, typed: dict[str, str]
) -> None:
    client.force_login(cast.admin)
    person = getattr(cast, who).user
    lines = AuditEvent.objects.count()
    answer = client.post(address(cast, name, person), typed)
    assert answer.headers["Location"] == address(cast, "person", person)
    assert AuditEvent.objects.count() == lines + 1
    assert AuditEvent.objects.order_by("-id")[0].actor == cast.admin


def test_it_ends_a_role_and_records_an_achieved_award(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    ann = cast.staff.user
    grant = RoleGrant.objects.get(user=ann)
    client.post(address(cast, "end_role", ann, grant_pk=grant.pk), {"ends_on": str(TODAY)})
    grant.refresh_from_db()
    assert grant.ends_on == TODAY
    achieved = address(cast, "qualification_achieved", ann, award_pk=cast.award.pk)
    client.post(achieved, {"achieved_on": str(TODAY), "certificate_number": "C 1"})
    cast.award.refresh_from_db()
    assert cast.award.achieved_on == TODAY
    assert client.get(achieved).status_code == 404


def test_it_says_beforehand_why_the_last_administrator_stays(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    grant = RoleGrant.objects.get(user=cast.admin)
    page = address(cast, "end_role", cast.admin, grant_pk=grant.pk)
    shown = client.get(page).content.decode()
    assert "This is the last administrator" in shown
    assert "ends_on" not in shown
    assert client.post(page, {"ends_on": str(TODAY)}).status_code == 409


def test_only_roles_with_a_record_are_offered(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    to_cara = client.get(address(cast, "grant_role", cast.candidate.user)).context["form"].fields["role"].choices
    assert to_cara == [("candidate", "Candidate")]
    to_ann = client.get(address(cast, "grant_role", cast.staff.user)).context["form"].fields["role"].choices
    assert ("candidate", "Candidate") not in to_ann
    refused = client.post(
        address(cast, "grant_role", cast.candidate.user), {"role": "assessor", "starts_on": str(TODAY)}
    )
    assert refused.status_code == 409


def test_a_person_without_a_role_is_not_invited_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    RoleGrant.objects.filter(user=cast.candidate.user).update(starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    letters = OutgoingMessage.objects.count()
    answer = client.post(address(cast, "invite_again", cast.candidate.user), follow=True)
    assert "holds no role here" in answer.content.decode()
    assert OutgoingMessage.objects.count() == letters


def test_a_person_is_told_in_history_with_names(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    client.post(address(cast, "edit_staff", cast.staff.user), {"name": "Ann Leigh"})
    record = client.get(address(cast, "person", cast.staff.user)).context["record"]
    assert [(line.what, line.who) for line in record.history] == [
        ("Corrected the staff record", "Alma Admin"),
        ("Recorded a qualification: Level 3 Award or Certificate in Assessing (TAQA, CAVA)", "The operator"),
        ("Invited to the staff", "The operator"),
    ]


def test_a_letter_that_cannot_be_sent_shows_on_the_person(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    letters = OutgoingMessage.objects.filter(to=cast.staff.user.email)
    letters.update(sent_at=None, problem="SMTPRecipientsRefused", attempts=2)
    assert "could not be sent yet (2 attempts)" in client.get(address(cast, "person", cast.staff.user)).content.decode()
    letters.update(problem="", attempts=0)
    assert "waiting to be sent" in client.get(address(cast, "person", cast.staff.user)).content.decode()


def test_an_invitation_is_sent_again_only_to_whoever_is_not_in_yet(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    offered = reverse("portfolio:invite_again", args=[cast.centre.slug, cast.candidate.user.handle])
    page = address(cast, "person", cast.candidate.user)
    assert offered in client.get(page).content.decode()
    with_password(cast.candidate.user)  # known at another centre: this one does not learn of it
    assert offered in client.get(page).content.decode()
    User.objects.filter(pk=cast.candidate.user.pk).update(last_login=timezone.now())
    assert offered not in client.get(page).content.decode()


def test_whoever_took_up_an_invitation_is_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    user = cast.candidate.user
    invitation = Invitation(user, cast.centre)
    actions.accept_invitation(invitation=invitation, password="a long pass phrase", by=user, at=timezone.now())
    assert "Send the invitation again" not in client.get(address(cast, "person", user)).content.decode()
