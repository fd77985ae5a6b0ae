"""Certificates: one page that says what was signed, by whom, and how they showed who they are."""
