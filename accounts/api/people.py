"""GET people/: who holds which role where, in the caller's areas."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import generics, serializers

from accounts import queries
from accounts.models import RoleHeld, User
from core import clock
from core.api.permission import holds
from territory.rules import masked_phone


class RoleHeldSerializer(serializers.ModelSerializer[RoleHeld]):
    """A role over an area and its time, half-open."""

    class Meta:
        model = RoleHeld
        fields = ["role", "area_code", "since", "until"]


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person without anything that could be dialled."""

    phone = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "name", "phone", "activated_at", "roles"]

    def get_phone(self, person: User) -> str:
        """The number with its middle starred; empty without one."""
        return masked_phone(person.phone) if person.phone else ""

    def get_roles(self, person: User) -> list[dict[str, Any]]:
        """The roles held now."""
        return list(RoleHeldSerializer(person.roles_at(clock.now()), many=True).data)


class PeopleView(generics.ListAPIView[User]):
    """People of the caller's areas; `role`, `area_code` (and below) and `words` narrow the list."""

    permission_classes = [holds("people.view")]
    serializer_class = PersonSerializer
    filter_backends = []

    def get_queryset(self) -> QuerySet[User]:
        """Within the scope of the role that lets the caller see people."""
        user = cast("User", self.request.user)
        asked = {key: self.request.GET.get(key, "") for key in ("role", "area_code", "words")}
        return queries.people(user.scope_for("people.view"), now=clock.now(), **asked)
