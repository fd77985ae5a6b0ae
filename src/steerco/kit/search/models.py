"""One row for the words of each row that can be searched. The databases' own indexes hang on it (`structures.py`)."""

from __future__ import annotations

from typing import ClassVar
from zlib import crc32

from django.db import models

from steerco.kit.permissions import Access

NUMBER_BITS = 16


def number_of(model: type[models.Model]) -> int:
    """The number by which the index knows a model: always the same for the same name."""
    return crc32(model._meta.label_lower.encode()) & ((1 << NUMBER_BITS) - 1)


class Text(models.Model):
    """The words of one row. Derived: not backed up, built anew by `indexing.rebuild`.

    `id` says which row it is: the row's own id, shifted by NUMBER_BITS, with the number of its model. So the index
    alone tells the rows that hold a word: reading this table for each of thousands took longer than all the rest.
    """

    id = models.BigIntegerField(primary_key=True)
    words = models.TextField()

    objects: ClassVar[models.Manager[Text]] = models.Manager()
    access = Access(rule="internal")

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def id_of(cls, model: type[models.Model], pk: int) -> int:
        """The id under which the words of a row stand."""
        return (pk << NUMBER_BITS) | number_of(model)


class Recipe(models.Model):
    """What the index of a model was built by: another recipe in the code means that it must be built anew."""

    model = models.CharField(max_length=60, primary_key=True)
    recipe = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Recipe]] = models.Manager()
    access = Access(rule="internal")

    def __str__(self) -> str:
        return self.model
