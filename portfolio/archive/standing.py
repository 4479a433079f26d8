"""What all centres share, found here by its natural key or written down anew: the standard, statements, sign-ins.

What is here stands: an archive changes nothing of it. Where the two say something different, the archive is refused,
for what was decided and signed rests on the words.
"""

import datetime
from operator import attrgetter
from typing import Any

from django.db.models import ForeignKey, Model
from django.db.models.functions import Lower

from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.archive.numbering import Places, reserve
from portfolio.archive.opening import NotAnArchive, Opened
from portfolio.archive.record import encoder_of
from portfolio.archive.rows import Reader
from portfolio.archive.selection import in_slices, key_of
from portfolio.arrivals import kind_name
from portfolio.models import Centre, User

MOST_NAMED = 10
Key = tuple[Any, ...]


def settle(opened: Opened, places: Places, at: datetime.datetime) -> dict[str, list[int]]:
    """Give every shared line its row. Returns the ids of those that were made, by kind. Raises NotAnArchive where the
    standard here says something else."""
    made: dict[str, list[int]] = {}
    instances: dict[Kind, list[Model]] = {}
    differences: list[str] = []
    waiting = []
    for model in in_order():
        told = list(opened.lines(kind_name(model)))
        rows = [unsaved(model, row, instances) for row in told]
        known = {key_of(row): row for row in rows_here(model, rows, instances)}
        keys = [key_of(row) for row in rows]
        differences += other_parts(model, dict(zip(keys, rows, strict=True)), known)
        fresh = [key for key in keys if key not in known]
        before = reserve(model, len(fresh))
        numbers = {key: before + place for place, key in enumerate(fresh, start=1)}
        places.tell(model, [known[key].pk if key in known else numbers[key] for key in keys])
        instances[model] = [known.get(key, row) for key, row in zip(keys, rows, strict=True)]
        made[kind_name(model)] = sorted(numbers.values())
        waiting.append((model, told, {key: known.get(key) for key in keys}, keys))
    for model, told, here, keys in waiting:
        reader = Reader(model, places)
        new = []
        for line, (row, key) in enumerate(zip(told, keys, strict=True), start=1):
            present = here[key]
            if present is None:
                new.append(reader.read(row, line))
            else:
                differences += differing(present, row, places)
        if not differences:
            model._base_manager.bulk_create(new, batch_size=100)
    if differences:
        more = len(differences) - MOST_NAMED
        listed = "; ".join(differences[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        raise NotAnArchive(
            f"What the record rests on says something else here, so nothing was read: {listed}. Bring the standard "
            "here to what it was there, or ask whoever wrote the archive."
        )
    return made


def in_order() -> list[Kind]:
    """The shared kinds, each after those it refers to."""
    waiting, ordered = catalogue.shared(), []
    while waiting:
        ready = [model for model in waiting if not needs(model) & set(waiting)]
        if not ready:
            raise LookupError(f"Shared kinds refer to each other in a ring: {waiting}.")
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


def needs(model: Kind) -> set[Kind]:
    return {catalogue.target_of(field) for field in catalogue.relations(model)} - {model}


def unsaved(model: Kind, row: dict[str, Any], instances: dict[Kind, list[Model]]) -> Model:
    """The row as far as its natural key asks for it."""
    found = model()
    for field in catalogue.columns(model):
        said = row[field.name]
        if not isinstance(field, ForeignKey):
            setattr(found, field.name, said)
        elif said is not None and catalogue.target_of(field) in instances:
            setattr(found, field.name, instances[catalogue.target_of(field)][said - 1])
        elif said is not None:
            setattr(found, field.attname, said)
    return found


def rows_here(model: Kind, rows: list[Model], instances: dict[Kind, list[Model]]) -> list[Model]:
    """The rows here among which those of the archive may be: none that a centre here wrote for itself."""
    if model is User:
        addresses = [row.email.lower() for row in rows if isinstance(row, User)]
        users = User._base_manager.annotate(address=Lower("email"))
        return [row for some in in_slices(addresses) for row in users.filter(address__in=some)]
    if part := catalogue.whole_of(model):
        whole, way = part
        pks = [row.pk for row in instances[whole] if row.pk]
        found = model._base_manager.select_related()
        return [row for some in in_slices(pks) for row in found.filter(**{f"{way}__in": some})]
    everybodys = {field.name: None for field in catalogue.relations(model) if catalogue.target_of(field) is Centre}
    return list(model._base_manager.filter(**everybodys).select_related())


def other_parts(model: Kind, told: dict[Key, Model], known: dict[Key, Model]) -> list[str]:
    """What a unit or qualification that is here has not and the archive's has, or the other way round, in words."""
    part = catalogue.whole_of(model)
    if part is None:
        return []
    way = part[1].replace("__", ".")
    lacking = [key for key, row in told.items() if key not in known and attrgetter(way)(row).pk]
    more = [key for key in known if key not in told]
    return [
        f"{model._meta.verbose_name} “{', '.join(str(word) for word in key[:-1])}”, which is {where}"
        for keys, where in ((lacking, "not here"), (more, "here alone"))
        for key in keys
    ]


def differing(present: Model, row: dict[str, Any], places: Places) -> list[str]:
    """In what a row here differs from the archive's, in words."""
    found = []
    for field in catalogue.columns(type(present)):
        value, said = getattr(present, field.attname), row[field.name]
        if isinstance(field, ForeignKey):
            same = value == (None if said is None else places.pk_of(catalogue.target_of(field), said))
        elif isinstance(present, User):
            same = str(value).lower() == str(said).lower()
        else:
            same = (None if value is None else encoder_of(field)(value)) == said
        if not same:
            name = present._meta.verbose_name
            found.append(f"{name} “{str(present)[:80]}” in its {field.verbose_name}")
    return found
