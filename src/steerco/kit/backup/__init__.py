"""Backup and restore: one file that is read back by either database engine.

A backup is a zip of `tables/<model>.jsonl` (one row a line, columns in the manifest's order), `media/<path>` and
`manifest.json` with the count and SHA-256 of every part, the schema and the head of the audit chain. The
installation's secret key is not in it: a restored copy makes its own, and all sessions end.
"""
