"""Field types and keys that several apps need: sort keys, custom field definitions."""

from steerco.kit.fields.custom import (
    CustomField,
    CustomFieldSource,
    FieldKind,
    clean_custom,
    custom_fields,
    use_custom_fields,
)
from steerco.kit.fields.sorting import sort_key

__all__ = [
    "CustomField",
    "CustomFieldSource",
    "FieldKind",
    "clean_custom",
    "custom_fields",
    "sort_key",
    "use_custom_fields",
]
