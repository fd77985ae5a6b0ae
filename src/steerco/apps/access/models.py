"""Users, and the tokens that programs use."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Access, ScopedQuerySet


class UserManager(BaseUserManager["User"]):
    """Makes accounts. (Django's own word for the class that a model's queries start from.)"""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new account with a normalised address; without a password it cannot sign in with one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """By e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account that can sign in. Who the person is stands in `people.Person`."""

    email = models.EmailField(_("e-mail address"), unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    palette = models.CharField(
        _("colours"),
        max_length=10,
        default="classic",
        choices=(("classic", _("classic")), ("safe", _("colour-blind safe"))),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    access = Access(rule="own", owner="pk")

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.email


class Token(models.Model):
    """A key for a program: shown once, stored hashed, limited to named actions, expiring, revocable."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(null=True, blank=True)  # action keys; None: all that the user may do
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="user")

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def hash(secret: str) -> str:
        """What is stored of a token's secret."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(
        cls, user: User, name: str, now: datetime, expires_at: datetime, scopes: list[str] | None = None
    ) -> tuple["Token", str]:
        """A new token and its secret; the secret cannot be read again."""
        secret = "stc_" + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name,
            prefix=secret[:8],
            digest=cls.hash(secret),
            scopes=scopes,
            created_at=now,
            expires_at=expires_at,
        )
        return token, secret
