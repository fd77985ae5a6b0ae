"""Stakeholders: who is affected or has a say, and how the project stays in touch."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.people.models import Party
from steerco.apps.stakeholders.members import read_members
from steerco.apps.stakeholders.states import LIST_STATES, STAKEHOLDER_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States

FIVE = (MinValueValidator(1), MaxValueValidator(5))
HIGH = 4  # from this step on, influence and interest are high


class Attitude(models.IntegerChoices):
    """What a stakeholder thinks of the undertaking."""

    OPPOSED = 1, _("opposed")
    SCEPTICAL = 2, _("sceptical")
    NEUTRAL = 3, _("neutral")
    SUPPORTIVE = 4, _("supportive")
    CHAMPION = 5, _("champion")


@versioned
class Stakeholder(Record):
    """A person, group or organisation that is affected or has a say. The title is the name.

    What they think and fear is personal: `attitude`, `wanted_attitude` and `concerns` are confidential.
    """

    class Channel(models.TextChoices):
        MEETING = "meeting", _("meeting")
        CALL = "call", _("call")
        MAIL = "mail", _("mail")
        WORKSHOP = "workshop", _("workshop")
        REPORT = "report", _("report")
        NEWSLETTER = "newsletter", _("newsletter")
        BOARD = "board", _("board")
        EVENT = "event", _("event")

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("weekly")
        FORTNIGHTLY = "fortnightly", _("every two weeks")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        HALF_YEARLY = "half_yearly", _("twice a year")
        WHEN_NEEDED = "when_needed", _("when needed")

    DAYS: ClassVar[dict[str, int]] = {
        Frequency.WEEKLY: 7,
        Frequency.FORTNIGHTLY: 14,
        Frequency.MONTHLY: 30,
        Frequency.QUARTERLY: 91,
        Frequency.HALF_YEARLY: 182,
    }

    register_key: ClassVar[str] = "stakeholder"
    number_prefix: ClassVar[str] = "SH"
    states: ClassVar[States] = STAKEHOLDER_STATES

    party = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person here"),
    )
    circle = models.CharField(_("group"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=160, blank=True)
    influence = models.PositiveSmallIntegerField(_("influence"), null=True, blank=True, validators=FIVE)
    interest = models.PositiveSmallIntegerField(_("interest"), null=True, blank=True, validators=FIVE)
    attitude = models.PositiveSmallIntegerField(
        _("attitude now"), choices=Attitude.choices, null=True, blank=True
    )
    wanted_attitude = models.PositiveSmallIntegerField(
        _("attitude wanted"), choices=Attitude.choices, null=True, blank=True
    )
    concerns = models.TextField(_("concerns"), blank=True)
    engagement = models.TextField(_("what we do"), blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    frequency = models.CharField(_("frequency"), max_length=12, choices=Frequency.choices, blank=True)
    last_contact = models.DateField(_("last contact"), null=True, blank=True)
    next_contact = models.DateField(_("next contact"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")

    @property
    def due(self) -> Any:
        """A stakeholder is owed the next contact."""
        return self.next_contact

    @property
    def is_powerful(self) -> bool | None:
        """Whether their influence is high; None where it was not said."""
        return None if self.influence is None else self.influence >= HIGH

    @property
    def is_interested(self) -> bool | None:
        """Whether their interest is high; None where it was not said."""
        return None if self.interest is None else self.interest >= HIGH

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """After a contact the next one is due by the frequency, unless its date was given too."""
        for row in instances:
            before = None if creating else row.stored
            met = row.last_contact is not None and (before is None or row.last_contact != before.last_contact)
            given = row.next_contact is not None and (
                before is None or row.next_contact != before.next_contact
            )
            if met and not given:
                row.next_contact = row.after(row.last_contact) or row.next_contact
        super().prepare_write(instances, creating)

    def after(self, day: date) -> date | None:
        """When the next contact is due after one on `day`; None where no frequency says it."""
        days = self.DAYS.get(self.frequency)
        return day + timedelta(days=days) if days else None


@versioned
class DistributionList(Record):
    """To whom reports, minutes and letters go. The title is the name; a line of `members` is somebody here (a person,
    a post, a body) or an outside address.

    `meant` keeps which party a line means, so that a list still works when somebody is renamed.
    """

    register_key: ClassVar[str] = "distribution_list"
    number_prefix: ClassVar[str] = "DL"
    states: ClassVar[States] = LIST_STATES

    purpose = models.TextField(_("purpose"), blank=True)
    members = models.TextField(_("members"))
    confirmed = models.DateField(_("last confirmed"), null=True, blank=True)
    meant = models.JSONField(default=dict, blank=True, editable=False)

    bookkeeping = Record.bookkeeping | {"meant"}

    class Meta(Record.Meta):
        verbose_name = _("distribution list")
        verbose_name_plural = _("distribution lists")

    def clean(self) -> None:
        """Every line means somebody."""
        super().clean()
        try:
            found = read_members(self.members, self.meant)
        except ValidationError as error:
            raise ValidationError({"members": error.messages}) from error
        if not found:
            raise ValidationError({"members": _("Write who is on it, one a line.")})
        self.members = "\n".join(one.line for one in found)
        self.meant = {one.line: one.party_id for one in found if one.party_id}
