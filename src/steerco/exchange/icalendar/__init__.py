"""Meetings as iCalendar (RFC 5545, invitations RFC 5546): written, never read."""

from steerco.exchange.icalendar.writing import Calendar, Guest, Happening, Method, write

__all__ = ["Calendar", "Guest", "Happening", "Method", "write"]
