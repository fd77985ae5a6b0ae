"""What an initiative is, where it is in its life, and what states mean to what need not know their names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StateGroup(models.TextChoices):
    """What a state means to everything that need not know its name."""

    PENDING = "pending", _("not yet open")
    OPEN = "open", _("open")
    DONE = "done", _("done")
    DELETED = "deleted", _("deleted")


class InitiativeType(models.TextChoices):
    """What a node of the tree is."""

    PORTFOLIO = "portfolio", _("portfolio")
    PROGRAMME = "programme", _("programme")
    PROJECT = "project", _("project")
    WORKSTREAM = "workstream", _("workstream")


class GovernanceProfile(models.TextChoices):
    """How much governance an initiative needs."""

    LIGHT = "light", _("light")
    STANDARD = "standard", _("standard")
    MAJOR = "major", _("major")


class LifecycleStatus(models.TextChoices):
    """Where in its life an initiative is."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    INITIATING = "initiating", _("initiating")
    DELIVERING = "delivering", _("delivering")
    ON_HOLD = "on_hold", _("on hold")
    CLOSING = "closing", _("closing")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    TRANSFERRED = "transferred", _("transferred")
