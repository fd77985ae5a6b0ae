"""The register kit: one class gives a list, forms, cells, bulk edit, states, history, export, import and API."""
