"""The versions of an item of evidence, and what changed from each to the next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from assessments.models import Enrolment, EvidenceFile, EvidenceVersion, Mapping, Release
from assessments.queries.enrolment import confirmed
from assessments.queries.evidence import OF_AN_ITEM
from portfolio.compiled import compiled
from portfolio.differences import Piece, differences
from units.models import EvidenceRequirement

TOLD = {
    "title": "Title",
    "description": "What I did",
    "kind": "Kind",
    "prior_source": "Where the learning comes from",
    "prior_achieved_on": "When it was achieved",
    "setting": "Setting",
    "activity_on": "Date of the activity",
    "held": "Where the evidence is",
    "location": "Where it can be seen",
    "others_data": "Others’ personal data",
    "data_protection": "Whose data, and how it is protected",
    "group_work": "Made with others",
    "own_contribution": "My own contribution",
}
"""What may differ between two versions, in the form's words."""
MAPPED = (
    "evidence",
    "locator",
    "made_by",
    "made_at",
    "taken_back_at",
    "waiting_since",
    "criterion__number",
    "criterion__text",
    "criterion__wording",
    "criterion__wording_note",
    *(f"enrolment__{column}" for column in OF_AN_ITEM),
)
"""What the pages of an item tell of a mapping and its unit: the specification is too much to read for each."""
MAPPINGS: QuerySet[Any] = (
    Mapping.objects.select_related("criterion", "enrolment__unit")
    .only(*MAPPED)
    .annotate(
        leafy=Exists(EvidenceRequirement.objects.filter(unit=OuterRef("enrolment__unit"), parent__isnull=False)),
        confirmed=confirmed("enrolment__"),
    )
    .order_by("enrolment_id", "criterion__position", "pk")
)
"""Mappings in the specifications' order; `leafy`: whether the evidence requirements of the unit have leaves;
`confirmed`: whether what is accepted in it is."""
FILES = (
    EvidenceFile.objects.filter(removed_at=None)
    .select_related("stored__rendition")
    .annotate(released=Exists(Release.objects.filter(file=OuterRef("pk"))))
    .order_by("position", "pk")
)
"""Files in their order, not those taken out of a draft; each with what is shown of it, and `released`: whether it ever
came out of a quarantine."""


@dataclass(frozen=True)
class WordsChanged:
    """An answer that is not the same any more, as the earlier and the later one in one."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Changed:
    """A file or a mapping: `new`, `out` or `same`."""

    name: str
    change: str


@dataclass(frozen=True)
class Changes:
    """What differs between a version and the one before it."""

    since: int
    words: list[WordsChanged]
    files: list[Changed]
    mappings: list[Changed]

    @property
    def in_short(self) -> list[str]:
        """Each in a few words."""
        told = [words.label[0].lower() + words.label[1:] for words in self.words]
        for noun, found in (("file", self.files), ("criterion", self.mappings)):
            for change, said in (("new", "added"), ("out", "left out")):
                told += [f"{noun} {one.name} {said}" for one in found if one.change == change]
        return told


@dataclass(frozen=True)
class VersionTold:
    """A version, and what changed in it; None for the first."""

    version: EvidenceVersion
    changes: Changes | None


@compiled
def mappings_of(evidence_id: int) -> QuerySet[Any]:
    """The item's mappings, those taken back among them."""
    return MAPPINGS.filter(evidence=evidence_id)


def files_of(versions: Iterable[EvidenceVersion]) -> dict[int, list[EvidenceFile]]:
    """The files of each version in their order, by version: those shut away or destroyed too, not those taken out."""
    found: dict[int, list[EvidenceFile]] = {version.pk: [] for version in versions}
    for file in _files(list(found)):
        found[file.version_id].append(file)
    return found


@compiled
def _files(version_ids: list[int]) -> QuerySet[EvidenceFile]:
    return FILES.filter(version__in=version_ids)


def with_releases(files: list[EvidenceFile]) -> list[EvidenceFile]:
    """The same files, those `released` with the quarantines they came out of. One query, where there are any."""
    released = [file for file in files if getattr(file, "released", False)]
    prefetch_related_objects(released, Prefetch("releases", Release.objects.order_by("released_at", "pk")))
    return files


def versions_told(
    versions: list[EvidenceVersion], files: dict[int, list[EvidenceFile]], mappings: list[Mapping]
) -> list[VersionTold]:
    """Each version with what changed from the one before it. `mappings` are the item's, those taken back among them."""
    befores = [None, *versions[:-1]]
    return [
        VersionTold(version, changes(before, version, files, mappings) if before else None)
        for before, version in zip(befores, versions, strict=True)
    ]


def before(version: EvidenceVersion, versions: Iterable[EvidenceVersion]) -> EvidenceVersion | None:
    """Of an item's versions in their order, the one handed in before this one; None for a first one."""
    earlier = [row for row in versions if row.submitted_at and row.number < version.number]
    return earlier[-1] if earlier else None


def mapped_now(mappings: Iterable[Mapping]) -> list[Enrolment]:
    """The enrolments among these mappings of an item that it is mapped to now, in id order."""
    return list({row.enrolment_id: row.enrolment for row in mappings if row.taken_back_at is None}.values())


def changes(
    before: EvidenceVersion,
    after: EvidenceVersion,
    files: dict[int, list[EvidenceFile]],
    mappings: Iterable[Mapping],
) -> Changes:
    """What differs between two versions: answers by their question, files by their bytes, mappings by their time."""
    words = [
        WordsChanged(label, differences(said(before, name), said(after, name)))
        for name, label in TOLD.items()
        if getattr(before, name) != getattr(after, name)
    ]
    return Changes(
        before.number, words, files_changed(files[before.pk], files[after.pk]), mapped(before, after, mappings)
    )


def said(version: EvidenceVersion, name: str) -> str:
    """An answer of the version as one reads it."""
    value = getattr(version, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.date):
        return f"{value.day} {value:%B %Y}"
    shown = getattr(version, f"get_{name}_display", None)
    return str(shown() if shown else value or "")


def files_changed(before: list[EvidenceFile], after: list[EvidenceFile]) -> list[Changed]:
    """The later version's files, then those it no longer has."""
    old, new = {file.stored_id for file in before}, {file.stored_id for file in after}
    now = [Changed(file.name, "same" if file.stored_id in old else "new") for file in after]
    return now + [Changed(file.name, "out") for file in before if file.stored_id not in new]


def mapped(before: EvidenceVersion, after: EvidenceVersion, mappings: Iterable[Mapping]) -> list[Changed]:
    """What was mapped, and what was taken back, between the one hand-in and the other."""

    def between(moment: datetime.datetime | None) -> bool:
        since, until = before.submitted_at, after.submitted_at
        return moment is not None and (since is None or moment > since) and (until is None or moment <= until)

    found = []
    for row in mappings:
        name = f"{row.enrolment.unit.short_code} {row.criterion.number}"
        if between(row.made_at) and not between(row.taken_back_at):
            found.append(Changed(name, "new"))
        elif between(row.taken_back_at) and not between(row.made_at):
            found.append(Changed(name, "out"))
    return found
