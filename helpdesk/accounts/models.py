from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.roles import PERMISSIONS, Permission, Role


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("%(value)s is not a time zone name."), params={"value": value})


# What decides which permissions somebody has: their role, and whether they are at work.
Rights = tuple[str, bool]


class AgentManager(BaseUserManager["Agent"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Agent:
        agent = self.model(email=email.strip().lower(), **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Agent:
        return self.create_user(email, password, **{"role": Role.ADMIN, **fields})

    def get_by_natural_key(self, username: str | None) -> Agent:
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser):
    """Somebody who answers customers, or steers or administers the desk."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.AGENT)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    signature = models.TextField(_("signature"), blank=True)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    is_away = models.BooleanField(_("away"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[AgentManager] = AgentManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("agent")
        constraints = (models.UniqueConstraint(Lower("email"), name="agent_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    def may(self, permission: Permission) -> bool:
        return self.is_active and permission in PERMISSIONS[self.role]

    @property
    def rights(self) -> Rights:
        return self.role, self.is_active

    @classmethod
    def of_rights(cls, rights: Rights, *, pk: int) -> Agent:
        """Somebody who may do what others of these rights may: for reads that are written once."""
        role, is_active = rights
        return cls(pk=pk, role=role, is_active=is_active)

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin opens; desk access needs only an active agent."""
        return self.may(Permission.ADMINISTER)

    @property
    def is_superuser(self) -> bool:
        return self.may(Permission.ADMINISTER)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_superuser

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_superuser

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


class Team(models.Model):
    """A group of agents who share a queue; a ticket belongs to one team or to none yet."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(Agent, related_name="teams", blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class IsTeamOf(Func):
    """Whether a row's team is one of an agent's: `team_id = ANY (ARRAY (SELECT …))`.

    The array is read once, before the plan begins, and PostgreSQL expects to find most rows in it.
    With `team_id IN (SELECT …)` it expects hardly any, and reads whole queues to sort them.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()

    def __init__(self, agent: Agent) -> None:
        super().__init__(F("team"), ArraySubquery(agent.teams.order_by().values("pk")))


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, at: datetime) -> ApiTokenQuerySet:
        return self.filter(revoked_at=None, agent__is_active=True).filter(
            Q(expires_at=None) | Q(expires_at__gt=at)
        )


class ApiToken(models.Model):
    """A program's key: acts as its agent. Only the SHA-256 of the secret is kept."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
