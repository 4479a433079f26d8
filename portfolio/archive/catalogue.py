"""What travels: every model of the house is in an archive, or named here as left out with its reason.

A model needs nothing written to travel: it is found by the way its foreign keys lead to its centre. What is shared by
all centres (the standard, statements, sign-ins) is known by its natural key instead. Each floor names what it leaves
out from its AppConfig.ready(), and a test fails for a model that is neither.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.models import Field, ForeignKey, GeneratedField, Model, Q
from django.utils.module_loading import import_string

from portfolio.arrivals import kind_name
from portfolio.models import CandidateRecord, Centre

Kind = type[Model]


@dataclass(frozen=True)
class Renewed:
    """A column that does not travel: why, and what it is given where the row arrives (dotted path of a function)."""

    reason: str
    maker: str = ""


_left_out: dict[str, str] = {}
_renewed: dict[tuple[str, str], Renewed] = {}
_only: dict[str, tuple[Q, str]] = {}
_wholes: list[str] = []
_hang_on: set[str] = set()
_completed: list[str] = []
_home: dict[tuple[str, str], tuple[str, ...]] = {}


def leave_out(reasons: Mapping[str, str]) -> None:
    """Name models (`app.Model`) that do not travel, each with its reason."""
    _left_out.update(reasons)


def renew(model: str, columns: Mapping[str, Renewed]) -> None:
    """Name columns of a model that do not travel."""
    _renewed.update({(model, column): renewed for column, renewed in columns.items()})


def only(model: str, rows: Q, reason: str) -> None:
    """Say which rows of a model travel; the others stay for the reason."""
    _only[model] = (rows, reason)


def take_whole(*models: str) -> None:
    """Name shared models that are taken with all their parts, e.g. a unit with its criteria."""
    _wholes.extend(model for model in models if model not in _wholes)


def hangs_on_what_is_referred_to(*models: str) -> None:
    """Name models whose rows do not, by themselves, make a stored file travel."""
    _hang_on.update(models)


def leads_home(model: str, root: str, *ways: str) -> None:
    """Say how rows of a model lead to their centre or candidate, where a way goes through what may be empty."""
    _home[model, root] = ways


def completed_by(dotted_path: str) -> None:
    """Name a function `(made, at)` that does what is due once shared rows were made: ids by `app.model`."""
    if dotted_path not in _completed:
        _completed.append(dotted_path)


# --- asked -----------------------------------------------------------------------------------------------------------


def reasons_left_out() -> dict[str, str]:
    return dict(_left_out)


@cache
def by_label() -> dict[str, Kind]:
    """Every kind of row that travels, by its name, in a fixed order."""
    return {kind_name(model): model for model in travelling()}


def every_model() -> list[Kind]:
    """Every table of the installation, also those of libraries."""
    found: Iterable[Kind] = apps.get_models()
    return [model for model in found if not model._meta.proxy and model._meta.managed]


def travelling() -> list[Kind]:
    return [model for model in every_model() if model._meta.label not in _left_out]


def is_shared(model: Kind) -> bool:
    """Whether rows of all centres are known by one natural key."""
    return hasattr(model, "natural_key") or hasattr(model._default_manager, "get_by_natural_key")


def shared() -> list[Kind]:
    return [model for model in travelling() if is_shared(model)]


def owned() -> list[Kind]:
    """The kinds whose rows belong to one centre, itself first."""
    return [Centre, *(model for model in travelling() if model is not Centre and not is_shared(model))]


def relations(model: Kind) -> list["ForeignKey[Model, Model]"]:
    return [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]


def target_of(field: "ForeignKey[Model, Model]") -> Kind:
    target = field.related_model._meta.concrete_model
    if target is None:
        raise LookupError(f"{field} refers to no table.")
    return target


def columns(model: Kind) -> list["Field[object, object]"]:
    """The fields of a row that travel: all but its number, what the database works out, and what is renewed."""
    return [
        field
        for field in model._meta.local_fields
        if not field.primary_key
        and not isinstance(field, GeneratedField)
        and (model._meta.label, field.name) not in _renewed
    ]


def renewed(model: Kind) -> dict[str, Callable[[Model], object]]:
    """The columns that are given anew, each with its maker, which is asked once the rest of the row is filled."""
    found = {}
    for (name, column), how in _renewed.items():
        if name == model._meta.label and how.maker:
            found[column] = import_string(how.maker)
    return found


def rows_of(model: Kind) -> Q:
    return _only[model._meta.label][0] if model._meta.label in _only else Q()


def whole_of(model: Kind) -> tuple[Kind, str] | None:
    """The shared model that this one is a part of and travels with, and how its rows lead to it."""
    wholes: list[Kind] = [apps.get_model(name) for name in _wholes]
    for whole in wholes:
        if model is not whole and (ways := ways_to(model, whole)):
            return whole, ways[0]
    return None


def hanging_on() -> list[Kind]:
    return [apps.get_model(name) for name in sorted(_hang_on)]


def complete(made: Mapping[str, list[int]], at: object) -> None:
    for path in _completed:
        import_string(path)(made, at)


@cache
def ways_to(model: Kind, root: Kind) -> tuple[str, ...]:
    """How a row's foreign keys lead to its root, e.g. `version__evidence__candidate`: the shortest way that is never
    empty, or those its floor names. None where there is none."""
    if model is root:
        return ("pk",)
    if (model._meta.label, root._meta.label) in _home:
        return _home[model._meta.label, root._meta.label]
    seen, ways = {model}, [(model, "")]
    while ways:
        longer = []
        for start, way in ways:
            for field in relations(start):
                target = target_of(field)
                if field.null or target in seen:
                    continue
                seen.add(target)
                if target is root:
                    return (f"{way}{field.name}",)
                if further := _home.get((target._meta.label, root._meta.label)):
                    return tuple(f"{way}{field.name}__{end}" for end in further)
                longer.append((target, f"{way}{field.name}__"))
        ways = longer
    return ()


def without_a_place() -> Iterator[str]:
    """What is wrong with the catalogue, in sentences; nothing when every model is accounted for."""
    known = {model._meta.label for model in every_model()}
    for name in sorted(_left_out.keys() - known):
        yield f"{name} is left out, but there is no such model."
    for model in travelling():
        name = model._meta.label
        if not is_shared(model) and not ways_to(model, Centre):
            yield f"{name} is in no archive: no foreign key leads to its centre, and it is not named as left out."
        between = [getattr(field.remote_field, "through", None) for field in model._meta.local_many_to_many]
        if any(table and table._meta.auto_created for table in between):
            yield f"{name} has a table between that is no model of its own: name one."
        if model._meta.pk is None or model._meta.pk.is_relation or model._meta.parents:
            yield f"{name} has no number of its own."
        for field in relations(model):
            if target_of(field)._meta.label in _left_out and field in columns(model):
                yield f"{name}.{field.name} refers to what is left out: renew it."
    for name, column in _renewed:
        if column not in {field.name for field in apps.get_model(name)._meta.local_fields}:
            yield f"{name}.{column} is renewed, but there is no such column."


def of_candidates() -> list[Kind]:
    """The kinds whose rows belong to one candidate."""
    return [model for model in owned() if ways_to(model, CandidateRecord)]
