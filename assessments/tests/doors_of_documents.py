"""The doors of a portfolio's documents. See test_doors.py."""

from typing import Any

from django.utils import timezone

from assessments.tests.answers import SEES_THE_UNIT, Expected, holding, office, only, signed_in
from assessments.tests.doors_of_plans import of_plan
from assessments.tests.doors_of_strategy import of_plan as of_sampling_plan
from assessments.tests.doors_of_strategy import of_policy
from portfolio.enums import ArchiveCut, Role
from portfolio.models import Archive


def of_candidate(scene: Any) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def of_title_page(scene: Any) -> list[object]:
    return [*of_candidate(scene), "title_page"]


def of_unit(scene: Any) -> list[object]:
    return [scene.unit.pk]


def of_index(scene: Any) -> list[object]:
    return [scene.unit.pk, "evidence_index"]


def of_feedback(scene: Any) -> list[object]:
    return [scene.item.evidence_id, "item_feedback"]


def of_sample(scene: Any) -> list[object]:
    return [scene.unit.samples.earliest("pk").pk]


def of_archive(scene: Any) -> list[object]:
    """One that the administrator waits for, so that there is no file of it yet."""
    asked = {"centre": scene.house.centre, "cut": ArchiveCut.CENTRE, "asked_by": scene.house.administrator}
    return [Archive.objects.get_or_create(**asked, defaults={"asked_at": timezone.now()})[0].pk]


OVERSEES = only("verifier", "lead", "administrator", code=302)
VERIFIES = only("verifier", "lead", "other verifier", code=302)
ASKED = only(*SEES_THE_UNIT, code=302)

TABLE_OF_DOCUMENTS: dict[str, Expected] = {
    "assessments:documents": Expected(only(*SEES_THE_UNIT), of_candidate),
    "assessments:unit_documents": Expected(ASKED, of_unit),
    "assessments:binder_document": Expected(signed_in(405), of_title_page, posted=ASKED),
    "assessments:unit_document": Expected(signed_in(405), of_index, posted=ASKED),
    "assessments:item_document": Expected(signed_in(405), of_feedback, posted=ASKED),
    "assessments:plan_document": Expected(signed_in(405), of_plan, posted=ASKED),
    "assessments:sample_document": Expected(signed_in(405), of_sample, posted=OVERSEES),
    "assessments:sampling_plan_document": Expected(signed_in(405), of_sampling_plan, posted=VERIFIES),
    "assessments:strategy_document": Expected(signed_in(405), of_policy, posted=VERIFIES),
    "assessments:archives": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_archives": Expected(office(), lambda scene: [scene.house.centre.slug]),
    "assessments:archive_candidate": Expected(
        signed_in(405), of_candidate, posted=only("candidate", "administrator", code=302)
    ),
    "assessments:archive": Expected(only("administrator"), of_archive),
    "assessments:cancel_archive": Expected(signed_in(405), of_archive, posted=only("administrator", code=302)),
    "assessments:archive_file": Expected(only(), of_archive),
    "assessments:profile": Expected(only("candidate", "other candidate"), lambda scene: [scene.house.centre.slug]),
}
