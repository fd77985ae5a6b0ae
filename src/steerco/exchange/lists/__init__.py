"""A list of a register as a document."""
