"""Mails that people send back: what they wrote, without what they quoted."""

from steerco.exchange.mails.letters import Enclosure, Letter, Unreadable, enclosures, read_letter

__all__ = ["Enclosure", "Letter", "Unreadable", "enclosures", "read_letter"]
