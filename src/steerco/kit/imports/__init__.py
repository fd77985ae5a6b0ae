"""Imports that people trust, and the exports that come back: staged, mapped, shown, applied whole, undone."""
