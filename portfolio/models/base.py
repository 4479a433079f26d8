"""What every noun of the house is built with."""

from typing import Any, NoReturn, TypeVar

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model)


def one_of(field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """A CHECK that a `choices` column holds one of its words. Every `choices` field of the house has one.

    `name` is the constraint's sentence, e.g. `evidence_kind_is_known`. With `blank` the empty string passes too.
    """
    words = [*choices.values, ""] if blank else list(choices.values)
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": words}),
        name=name,
        violation_error_message=f"The {field.replace('_', ' ')} is not one of the known ones.",
    )


class StandsForGoodError(Exception):
    """Somebody tried to change or delete a row that stands for good."""


class StandingQuerySet(models.QuerySet[ModelT]):
    """A queryset of rows that are added and read, never changed or deleted."""

    def _refuse(self) -> NoReturn:
        raise StandsForGoodError(f"A {self.model._meta.verbose_name} stands for good: add a new row instead.")

    def update(self, **kwargs: Any) -> NoReturn:
        self._refuse()

    def delete(self) -> NoReturn:
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()


class StandingRow(models.Model):
    """A row that stands for good. The triggers of walls.py hold the same in the database; this says it sooner."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise StandsForGoodError(f"A {self._meta.verbose_name} stands for good: add a new row instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise StandsForGoodError(f"A {self._meta.verbose_name} stands for good: it cannot be deleted.")
