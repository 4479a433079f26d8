"""What holds for the whole house: doors have locks, tables are whole, verbs write one line each, nothing lies about."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models, transaction

from assessments import actions
from assessments.enums import ItemStatus, Party, PlanStatus, PlanVerb, UnitStatus, Verb
from assessments.rules import PERMISSIONS
from assessments.testing import House
from assessments.tests.acts import ACTS
from assessments.tests.counting import miscounted
from assessments.tests.doing import everybody
from assessments.workflow import (
    ITEM_FINAL,
    ITEM_JOURNEY,
    ITEM_OWNER,
    ITEM_STEPS,
    PLAN_FINAL,
    PLAN_JOURNEY,
    PLAN_OWNER,
    PLAN_STEPS,
    UNIT_FINAL,
    UNIT_JOURNEY,
    UNIT_OWNER,
    UNIT_STEPS,
)
from portfolio.access import doors
from portfolio.models import AuditEvent, User
from portfolio.refusal import Refusal

FLOORS = ("portfolio", "units", "assessments")
ROOT = Path(settings.BASE_DIR)
LONGEST_FILE = 450
ACT_OF_A_BOOK = {
    "take_back": "take_back_mapping",
    "allocate_many": "allocate",
    "claim_batch": "claim",
    "record_certificates": "certificate",
}


MODELS = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models() if not model._meta.proxy]


# --- doors -----------------------------------------------------------------------------------------------------------


def test_every_address_has_a_lock() -> None:
    open_doors = [door.address for door in doors() if door.lock is None]
    assert not open_doors, f"These views carry no lock of portfolio/access.py: {', '.join(open_doors)}"


# --- tables ----------------------------------------------------------------------------------------------------------


def test_every_verb_has_its_step_and_its_turn() -> None:
    assert len(ITEM_STEPS) + len(UNIT_STEPS) == len(ITEM_JOURNEY) + len(UNIT_JOURNEY)
    assert set(Verb) == {*ITEM_STEPS, *UNIT_STEPS} == set(PERMISSIONS)
    assert all(PERMISSIONS.values())


def test_every_status_that_is_not_final_has_an_owner_who_can_move_it() -> None:
    assert {*UNIT_OWNER, *UNIT_FINAL} == set(UnitStatus)
    assert {*ITEM_OWNER, *ITEM_FINAL} == set(ItemStatus)
    for status, owner in UNIT_OWNER.items():
        assert [step for step in UNIT_JOURNEY if status in step.sources and owner in step.turn], status
    for item_status, item_owner in ITEM_OWNER.items():
        assert [step for step in ITEM_JOURNEY if item_status in step.sources and item_owner in step.turn], item_status


def test_every_status_is_reached_and_final_ones_are_left_by_no_verb_but_a_revocation() -> None:
    reached = {target for step in UNIT_JOURNEY for target in step.targets}
    assert reached == set(UnitStatus)
    left = {source for step in UNIT_JOURNEY for source in step.sources}
    assert left & set(UNIT_FINAL) == {UnitStatus.CERTIFICATED}
    assert {target for step in ITEM_JOURNEY for target in step.targets} == set(ItemStatus)


def test_every_status_of_a_plan_is_reached_and_has_an_owner_who_can_move_it() -> None:
    assert {*PLAN_OWNER, *PLAN_FINAL} == set(PlanStatus)
    assert set(PLAN_STEPS) == set(PlanVerb)
    for status, owner in PLAN_OWNER.items():
        assert [step for step in PLAN_JOURNEY if status in step.sources and owner in step.turn], status
    reached = {target for step in PLAN_JOURNEY for target in step.targets}
    assert reached == set(PlanStatus) - {PlanStatus.REPLACED}, "replaced by the verb that agrees the next version"


def test_nobody_but_the_candidate_speaks_for_the_candidate() -> None:
    alone = {verb for verb, turn in PERMISSIONS.items() if turn == (Party.CANDIDATE,)}
    assert alone == {Verb.SUBMIT, Verb.REPLACE, Verb.ACKNOWLEDGE, Verb.DISPUTE, Verb.DECLARE}


# --- models ----------------------------------------------------------------------------------------------------------


def checked_fields(model: type[models.Model]) -> set[str]:
    """Fields that a CHECK of the model holds to a list of words."""
    checks = [found for found in model._meta.constraints if isinstance(found, models.CheckConstraint)]
    return {
        str(child[0]).removesuffix("__in")
        for check in checks
        for child in getattr(check.condition, "children", [])
        if isinstance(child, tuple) and str(child[0]).endswith("__in")
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_choice_is_held_by_a_check(model: type[models.Model]) -> None:
    with_choices = {field.name for field in model._meta.local_fields if field.choices}
    assert with_choices <= checked_fields(model)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_nothing_in_the_house_goes_because_something_else_goes(model: type[models.Model]) -> None:
    keys = [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]
    assert [field.name for field in keys if field.remote_field.on_delete is not models.PROTECT] == []


# --- verbs -----------------------------------------------------------------------------------------------------------


def verbs_of_the_floor() -> set[str]:
    """The public, keyword-only functions of assessments/actions that are done by somebody at some time."""
    found = set()
    for module in pkgutil.iter_modules(actions.__path__):
        for name, function in inspect.getmembers(importlib.import_module(f"assessments.actions.{module.name}")):
            if inspect.isfunction(function) and not name.startswith("_"):
                parameters = inspect.signature(function).parameters
                only_named = all(each.kind is each.KEYWORD_ONLY for each in parameters.values())
                if only_named and {"by", "at"} <= set(parameters):
                    found.add(ACT_OF_A_BOOK.get(name, name))
    return found


def test_every_verb_is_tried_here() -> None:
    assert verbs_of_the_floor() == set(ACTS), "Say in assessments/tests/acts.py how the verb is done."


VERIFIERS = ("verifier", "other_verifier", "lead")
TURNS_OF_OTHERS: dict[str, tuple[str, ...]] = {
    "write_set": ("other_assessor", "trainee", *VERIFIERS),
    "follow_set": ("other_assessor", "trainee", *VERIFIERS),
    "verify_set": VERIFIERS,
    "hand_set_back": VERIFIERS,
    "withdraw_set": VERIFIERS,
    "rate_risk": ("other_verifier", "lead"),
    "plan_activity": ("lead",),
    "drop_activity": ("lead",),
    "hold_meeting": ("other_verifier", "lead"),
    "ask_of_staff": ("other_verifier", "lead"),
    "return_centre_action": ("other_verifier", "lead"),
    "close_centre_action": ("other_verifier", "lead"),
    "set_exercise": ("other_verifier", "lead"),
    "close_exercise": ("other_verifier", "lead"),
    "agree_outcome": ("other_verifier", "lead"),
    "add_cell": ("lead",),
    "widen_plan": ("lead",),
    "keep_plan": ("lead",),
    "remove_cell": ("lead",),
    "map_more": ("candidate",),
    "take_back_mapping": ("assessor",),
    "take_back_showing": ("assessor",),
    "quarantine": ("assessor",),
    "redact": ("administrator",),
    "declare_interest": ("administrator",),
    "suspend": ("assessor",),
    "resume": ("assessor",),
    "withdraw": ("administrator",),
    "reopen": ("administrator",),
    "set_rule": ("administrator",),
    "end_rule": ("administrator",),
    "return_plan": ("assessor",),
    "link_activity": ("assessor",),
    "acknowledge_appeal": ("lead",),
    "end_investigator": ("administrator",),
    "appoint_adjudicator": ("lead",),
    "lapse_appeal": ("lead",),
    "follow_up": ("lead",),
}


FOLLOWED_BY = {"transfer_out": ("end role",)}
"""Verbs that do another one too, on a record of its own, with its line."""


def in_part(house: House, part: str) -> User:
    """Whoever has this part in the house."""
    somebody = house.candidate.user if part == "candidate" else getattr(house, part)
    assert isinstance(somebody, User)
    return somebody


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ACTS)
def test_a_verb_is_refused_to_everybody_else_and_writes_exactly_one_line(
    house: House, other_house: House, verb: str
) -> None:
    act = ACTS[verb](house)
    may = {act.by, *(in_part(house, part) for part in TURNS_OF_OTHERS.get(verb, ()))}
    before = list(AuditEvent.objects.values_list("pk", flat=True))
    with transaction.atomic():  # a visit from outside holds what the verb may need: it is over before the verb is done
        people = everybody(house, other_house)
        lines_so_far = AuditEvent.objects.count()
        for somebody in people:
            if somebody not in may:
                with pytest.raises(Refusal) as refused, transaction.atomic():
                    act.do(somebody)
                assert all(sentence.endswith(".") for sentence in refused.value.sentences), somebody
        assert AuditEvent.objects.count() == lines_so_far
        transaction.set_rollback(True)
    act.do(act.by)
    lines = AuditEvent.objects.exclude(pk__in=before)
    written = [(line.verb, line.actor, line.chain.centre) for line in lines.order_by("pk")]
    assert written == [(each, act.by, house.centre) for each in (verb, *FOLLOWED_BY.get(verb, ()))]
    assert miscounted() == []


@pytest.mark.django_db
@pytest.mark.parametrize("verb", TURNS_OF_OTHERS)
def test_a_verb_that_is_several_peoples_turn_is_done_by_each(house: House, verb: str) -> None:
    for part in TURNS_OF_OTHERS[verb]:
        with transaction.atomic():
            ACTS[verb](house).do(in_part(house, part))
            transaction.set_rollback(True)


# --- nothing lies about ----------------------------------------------------------------------------------------------


def test_the_printed_pages_say_what_the_tables_say() -> None:
    call_command("print_docs", check=True)


def sources() -> dict[Path, str]:
    """Everything that may name a template."""
    found = [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "tests" not in path.parts]
    return {path: path.read_text() for path in [*found, *(ROOT / "templates").rglob("*.*")]}


def called(path: Path) -> str:
    """How the post calls a letter, and a page a list: by its name alone."""
    own = {"emails": path.stem, "rows": path.name}.get(path.parent.name)
    return f'"{own}"' if own else path.as_posix()


def test_every_template_is_used() -> None:
    """By its name in code or another template; or, where Django, allauth, crispy or the press look by themselves."""
    by_themselves = re.compile(
        r"^((account|mfa)/.*|[45]\d\d(_csrf)?\.html|documents/.*|bootstrap5/field\.html|django/forms/.*|components/README\.md)$"
    )
    texts, folder = sources(), ROOT / "templates"
    unused = [
        name
        for path in folder.rglob("*.*")
        if not by_themselves.match(name := path.relative_to(folder).as_posix())
        and not any(name in text or called(path) in text for other, text in texts.items() if other != path)
    ]
    assert unused == []


LINK = re.compile(r"""\]\(([^)#\s]+)|src="([^"]+)\"""")


def documents() -> list[Path]:
    return [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"]


def test_every_link_in_the_documents_leads_somewhere_and_every_picture_is_shown_and_taken() -> None:
    led = {
        (path, (path.parent / (link or picture)).resolve())
        for path in documents()
        for link, picture in LINK.findall(path.read_text())
        if "://" not in link
    }
    assert [f"{path.relative_to(ROOT)}: {target}" for path, target in led if not target.exists()] == []
    pictures = {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    assert pictures == {target.name for _, target in led if target.suffix == ".png"}
    taken = (ROOT / "assessments" / "tests" / "browser" / "pictures.py").read_text()
    assert [name for name in pictures if f'"{name}"' not in taken] == []


def test_files_fit_in_the_head() -> None:
    long = [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > LONGEST_FILE
    ]
    assert not long, f"{'; '.join(long)}: a file has about 400. Find the seam."
