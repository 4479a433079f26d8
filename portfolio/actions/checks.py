"""What every verb about people asks first: may they, and can the record be right."""

import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from portfolio.refusal import Refusal


def refuse(refusals: list[str]) -> None:
    """Raise them, if there are any."""
    if refusals:
        raise Refusal(refusals)


def take_turns(centre: Centre) -> Centre:
    """Lock the centre's row, so that two verbs about its people never overlook each other."""
    return Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


def refuse_strangers(by: User | None, centre: Centre, at: datetime.datetime) -> None:
    """Only the operator, or somebody who administers the centre that day, keeps its people's records."""
    if by is None:
        return
    grants = RoleGrant.objects.on(timezone.localdate(at))
    if not grants.filter(user=by, centre=centre, role=Role.ADMINISTRATOR).exists():
        refuse([f"Only an administrator of {centre} keeps the records of its people."])


def sentences(record: models.Model, error: ValidationError) -> list[str]:
    """What Django found wrong with a record, each with the name of the field where it says none itself."""
    found = []
    for field, messages in error.message_dict.items():
        if field == NON_FIELD_ERRORS:
            found.extend(messages)
        else:
            name = str(record._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
            found.extend(f"{name[:1].upper()}{name[1:]}: {message}" for message in messages)
    return found


def refuse_invalid(record: models.Model, *further: str) -> None:
    """Check the record's fields and constraints before the database does, and add further sentences."""
    found = list(further)
    if not is_valid(record):
        try:
            record.full_clean()
        except ValidationError as error:
            found.extend(sentences(record, error))
    refuse(found)


def is_valid(record: models.Model) -> bool:
    """Whether `full_clean()` finds nothing. It asks the database about each CHECK by itself, with a savepoint around
    each question; this asks about all of them at once."""
    meta = record._meta
    checks = Q(*(rule.condition for rule in meta.constraints if isinstance(rule, CheckConstraint)))
    try:
        record.full_clean(validate_constraints=False)
        for rule in meta.constraints:
            if not isinstance(rule, CheckConstraint):
                rule.validate(type(record), record)
    except ValidationError:
        return False
    values = record._get_field_expression_map(meta=meta)  # type: ignore[attr-defined]  # as each CHECK is asked by Django
    return not checks or bool(checks.check(values))
