"""Mails that people send back: what they wrote, without what they quoted."""

from steerco.exchange.mails.letters import Letter, Unreadable, read_letter

__all__ = ["Letter", "Unreadable", "read_letter"]
