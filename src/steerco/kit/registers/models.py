"""Views of lists that people saved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Access, ScopedQuerySet


class SavedView(models.Model):
    """A list as somebody set it: all of it stands in the address, and this keeps the address under a name."""

    register = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    shared = models.BooleanField(_("everybody sees it"), default=False)
    default = models.BooleanField(_("my default"), default=False)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="owner")

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("register", "owner", "name"), name="registers_view_once"),
            models.UniqueConstraint(
                fields=("register", "owner"),
                name="registers_one_default",
                condition=models.Q(default=True),
            ),
        )

    def __str__(self) -> str:
        return self.name
