"""Agendas and minutes of meetings as PDF."""
