"""The rows that hold every word of what somebody typed."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from steerco.kit.search.models import number_of
from steerco.kit.search.structures import among_rows_holding, numbers_holding
from steerco.kit.search.words import terms

M = TypeVar("M", bound=Model)


def holding(queryset: QuerySet[M], text: str) -> QuerySet[M]:
    """The rows of `queryset` that hold, for each word of `text`, a word that begins so. Blank text narrows nothing.

    The caller's queryset is what the actor may read: the index itself hides nothing.
    """
    if not text.strip():
        return queryset
    query = terms(text)
    if not query:
        return queryset.none()
    return queryset.filter(among_rows_holding(query, number_of(queryset.model)))


def numbers_of_models(text: str) -> set[int]:
    """The models (`number_of`) of which any row, visible or not, holds every word: where it is worth looking."""
    query = terms(text)
    return numbers_holding(query) if query else set()
