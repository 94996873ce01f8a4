"""A person, and the roles held over areas."""

from datetime import datetime
from functools import cached_property

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.rules import capabilities_of
from core import clock
from core.models import Stamped
from core.rules import Actor
from territory.models import ContactPoint, Placed, PlacedQuerySet
from territory.rules import Scope, scope_of


class UserManager(BaseUserManager["User"]):
    """Makes accounts; people normally come by import and activate themselves by link."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """An account; without a password it cannot sign in until activated."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """An account for the set-up pages."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


@pghistory.track(exclude=["password", "last_login", "name", "phone", "email"])
class User(AbstractBaseUser, PermissionsMixin, Stamped):
    """A person who acts. `phone` is E.164; signing in goes by name or by phone."""

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("phone"), max_length=16, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open set-up"), default=False)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    phone_verified_at = models.DateTimeField(_("phone verified"), null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """Himself, as history prints him."""
        return Actor(self.pk, self.name)

    def roles_at(self, moment: datetime) -> "list[RoleHeld]":
        """The roles held at a moment, from one read kept with the object."""
        return [role for role in self._roles if role.holds_at(moment)]

    @cached_property
    def _roles(self) -> "list[RoleHeld]":
        return list(self.roles_held.all())

    @property
    def capabilities(self) -> frozenset[str]:
        """What he may do now, anywhere. Where is `scope`."""
        if not self.is_active:
            return frozenset()
        return capabilities_of({held.role for held in self.roles_at(clock.now())})

    def can(self, capability: str) -> bool:
        """True when one of his present roles holds the capability."""
        return capability in self.capabilities

    @property
    def scope(self) -> Scope:
        """The areas of all his present roles."""
        return scope_of(*(held.area_code for held in self.roles_at(clock.now())))

    def scope_for(self, capability: str) -> Scope:
        """The areas over which he holds a role with this capability: a writer's scope is narrower than a reader's."""
        return self.scope_at(capability, clock.now())

    def scope_at(self, capability: str, moment: datetime) -> Scope:
        """The areas over which he held a role with this capability at a moment: what he saw then was his to report."""
        return scope_of(
            *(held.area_code for held in self.roles_at(moment) if capability in capabilities_of({held.role}))
        )


@pghistory.track()
class RoleHeld(Placed):
    """A role held over an area from a day until another (half-open); an open end holds on."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles_held")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = PlacedQuerySet["RoleHeld"].as_manager()

    class Meta:
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        indexes = [models.Index(fields=["role", "area_code"], name="role_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "area_code", "since"], name="role_held_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="role_held_ends_after_start"
            ),
        ]

    def holds_at(self, moment: datetime) -> bool:
        """True from `since`, no longer true at `until`."""
        return self.since <= moment and (self.until is None or moment < self.until)


class PersonContact(models.Model):
    """Which address reaches a person, tried in order of rank (1 first)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contacts")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="person_contacts")
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "contact_point"], name="person_contact_once"),
            models.UniqueConstraint(fields=["user", "rank"], name="person_contact_rank"),
        ]
