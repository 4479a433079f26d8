"""Where to knock: the pages about people that no unit is on."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.test.utils import override_settings
from django.utils import timezone

from bench.centre import Staffed
from portfolio import actions, importing
from portfolio.enums import InductionTopic
from portfolio.models import CandidateRecord, Competence, Development, Induction, PeopleImport, StaffRecord, User

Line = tuple[str, User, str, list[Any]]


def people_lines(staffed: Staffed, candidate: CandidateRecord) -> Iterable[Line]:
    """What each page is called, who asks for it, its address by name, and what stands in it."""
    me, slug, somebody = staffed.administrator, staffed.centre.slug, candidate.user
    yield "Identity of a candidate", me, "portfolio:check_identity", [slug, somebody.handle]
    yield "Induction of a candidate", me, "portfolio:record_induction", [slug, somebody.handle]
    yield "A second factor to remove", me, "portfolio:remove_factor", [slug, somebody.handle]
    yield "Somebody to sign out", me, "portfolio:sign_out", [slug, somebody.handle]
    yield "People from a table", me, "portfolio:import_people", [slug]
    yield "A table of people", me, "portfolio:people_import", [slug, table_of(staffed).pk]
    asha = staffed.assessor
    competence, entry = competence_of(staffed), entry_of(staffed)
    yield "Staff", me, "portfolio:staff", [slug]
    yield "Staff member", me, "portfolio:staff_member", [slug, asha.handle]
    yield "Record a competence", me, "portfolio:record_competence", [slug, asha.handle]
    yield "End a competence", me, "portfolio:end_competence", [competence.pk]
    yield "My log", asha, "portfolio:staff_member", [slug, asha.handle]
    yield "Add to my log", asha, "portfolio:record_development", [slug]
    yield "Correct my log", asha, "portfolio:correct_development", [entry.pk]
    yield "About me", somebody, "portfolio:own_diversity", [slug]
    yield "Candidates in numbers", me, "portfolio:diversity", [slug]
    yield "What is kept about me", somebody, "portfolio:own_record", []
    yield "My induction", somebody, "portfolio:acknowledge_induction", [induction_of(candidate, me).pk]


def table_of(staffed: Staffed) -> PeopleImport:
    """A table that was checked, of as many people as the centre has candidates; sent now."""
    count = CandidateRecord.objects.filter(centre=staffed.centre).count()
    rows = "".join(f"new{number}@example.org,New {number}\n" for number in range(count))
    content = f"E-mail,Full name\nnobody,Bad Row\n{rows}".encode()
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        sent = importing.begin(
            centre=staffed.centre, content=content, name="people.csv", by=staffed.administrator, at=timezone.now()
        )
    importing.read(sent.pk)
    return sent


def competence_of(staffed: Staffed) -> Competence:
    """A new one each time: a page of many must ask no more often than one of few."""
    return actions.record_competence(
        staff=StaffRecord.objects.get(user=staffed.assessor),
        area="CC16",
        evidence="CV seen.",
        confirmed_on=timezone.localdate(),
        by=staffed.administrator,
        at=timezone.now(),
    )


def entry_of(staffed: Staffed) -> Development:
    """Likewise."""
    return actions.record_development(
        staff=StaffRecord.objects.get(user=staffed.assessor),
        done_on=timezone.localdate(),
        what="Standardisation",
        hours=Decimal(2),
        by=staffed.assessor,
        at=timezone.now(),
    )


def induction_of(candidate: CandidateRecord, by: User) -> Induction:
    """The candidate's induction, held now where there was none."""
    return Induction.objects.filter(candidate=candidate).first() or actions.record_induction(
        candidate=candidate,
        topics=list(InductionTopic),
        held_by=by,
        held_on=timezone.localdate(),
        by=by,
        at=timezone.now(),
    )
