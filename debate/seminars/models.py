"""Seminars, who belongs to them and as what, and the groups within them."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from debate.core.models import PublicId, Timestamped
from debate.seminars.enums import STAFF, WRITERS, GroupKind, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless the name is one of the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is not a time zone's name, such as Europe/Berlin.")


class SeminarQuerySet(models.QuerySet["Seminar"]):
    """Reads of seminars."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The seminars the person is a member of."""
        return self.filter(pk__in=Membership.objects.of(user).values("seminar_id"))

    def taught_by(self, user: User | AnonymousUser) -> Self:
        """The seminars in which the person is instructor."""
        taught = Membership.objects.of(user).filter(role=Role.INSTRUCTOR)
        return self.filter(pk__in=taught.values("seminar_id"))

    def for_member(self, user: User | AnonymousUser) -> Self:
        """Adds the person's own membership and the groups that the person may address."""
        return self.prefetch_related(
            models.Prefetch("memberships", Membership.objects.of(user), to_attr="own_memberships"),
            models.Prefetch(
                "groups", Group.objects.addressable_by(user), to_attr="addressable_groups"
            ),
        )


class Seminar(PublicId, Timestamped):
    """A class that reads essays together. What is said in it stays in it unless it allows public."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    allows_public = models.BooleanField(
        default=False, help_text="Whether annotations of public essays may be made public."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="seminars"
    )

    objects = SeminarQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The seminar's page."""
        return reverse("seminar_detail", args=[self.slug])


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def of(self, user: User | AnonymousUser) -> Self:
        """The person's memberships; none for a visitor who has not signed in."""
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def staff(self) -> Self:
        """Memberships of instructors and assistants."""
        return self.filter(role__in=STAFF)


class Membership(PublicId, Timestamped):
    """A person's role in a seminar: one for each person and seminar."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "user"], name="membership_is_unique_in_its_seminar"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.seminar_id}"

    @property
    def is_staff(self) -> bool:
        """Whether the person runs the seminar or helps to."""
        return self.role in STAFF

    @property
    def may_write(self) -> bool:
        """Whether the role writes at all; observers only read."""
        return self.role in WRITERS


class GroupQuerySet(models.QuerySet["Group"]):
    """Reads of groups."""

    def of(self, user: User | AnonymousUser) -> Self:
        """The groups the person takes part in: observers, and people who have left, in none."""
        if not user.pk:
            return self.none()
        return self.filter(
            members__pk=user.pk,
            seminar__memberships__user_id=user.pk,
            seminar__memberships__role__in=WRITERS,
        )

    def addressable_by(self, user: User | AnonymousUser) -> Self:
        """The groups for which the person may write: those of members, to staff all."""
        taught = Membership.objects.of(user).staff().values("seminar_id")
        own = Group.objects.of(user).values("pk")
        return self.filter(models.Q(pk__in=own) | models.Q(seminar__in=taught))


class Group(PublicId, Timestamped):
    """A reading group or section of one seminar."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=GroupKind.choices, default=GroupKind.READING)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="reading_groups")

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "name"], name="group_name_is_unique_in_seminar"
            ),
        ]

    def __str__(self) -> str:
        return self.name
