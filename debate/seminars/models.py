"""Seminars, who belongs to them and as what, and the groups within them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from debate.core.models import PublicId, Timestamped
from debate.core.moments import time_zones
from debate.seminars.enums import STAFF, WRITERS, GroupKind, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless the name is one of the IANA time zone database."""
    if name not in time_zones():
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
    students_make_groups = models.BooleanField(
        default=False, help_text="Whether students make reading groups, and join open ones."
    )
    asks_consent = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether members are asked if their words may go into research.",
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

    @property
    def stand_in_username(self) -> str:
        """Whose the account is through which instructors see the seminar as a student does."""
        return f"student-view-{self.pk.hex}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def of(self, user: User | AnonymousUser) -> Self:
        """The person's memberships; none for a visitor who has not signed in."""
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def staff(self) -> Self:
        """Memberships of instructors and assistants."""
        return self.filter(role__in=STAFF)

    def limited(self) -> Self:
        """Memberships of assistants who act for their sections only."""
        return self.filter(role=Role.ASSISTANT, is_limited=True)

    def unlimited(self) -> Self:
        """Memberships of staff who act for the whole seminar."""
        return self.staff().exclude(role=Role.ASSISTANT, is_limited=True)

    def people(self) -> Self:
        """Memberships of people: not of the stand-in that "view as student" looks through."""
        return self.filter(user__is_active=True)

    def overseen_by(self, membership: Membership) -> Self:
        """Those of the member's seminar whose work the member sees as staff; none to the others."""
        found = self.filter(seminar=membership.seminar_id)
        if not membership.is_staff:
            return found.none()
        if not membership.is_limited:
            return found
        inside = Group.members.through.objects.filter(
            user=OuterRef("user_id"), group__assistants=membership.pk
        )
        return found.filter(Exists(inside))


class Membership(PublicId, Timestamped):
    """A person's role in a seminar: one for each person and seminar."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    is_limited = models.BooleanField(
        default=False, help_text="Whether an assistant acts for the sections named only."
    )
    sections: models.ManyToManyField[Group, Membership] = models.ManyToManyField(
        "Group",
        related_name="assistants",
        blank=True,
        help_text="What a limited assistant acts for: none yet, nobody.",
    )
    consents = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether the person's words may go into research; unknown until answered.",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "user"], name="membership_is_unique_in_its_seminar"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_limited=False) | Q(role=Role.ASSISTANT),
                name="membership_limits_assistants_only",
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

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The groups of the person's seminars: who works with whom is no secret inside."""
        return self.filter(seminar__in=Seminar.objects.visible_to(user))

    def addressable_by(self, user: User | AnonymousUser) -> Self:
        """The groups for which the person may write: those of members, to staff all.

        To a limited assistant the own sections.
        """
        taught = Membership.objects.of(user).unlimited().values("seminar_id")
        own = Group.objects.of(user).values("pk")
        limited = Membership.objects.of(user).limited().values("sections")
        return self.filter(Q(pk__in=own) | Q(seminar__in=taught) | Q(pk__in=limited))


class Group(PublicId, Timestamped):
    """A reading group or section of one seminar."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=GroupKind.choices, default=GroupKind.READING)
    is_open = models.BooleanField(
        default=False, help_text="Whether students join and leave it by themselves."
    )
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


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The invitations of the seminars in which the person is instructor."""
        return self.filter(seminar__in=Seminar.objects.taught_by(user))

    def usable(self) -> Self:
        """Those that are neither used up, expired nor revoked, by the database's clock.

        Of the row's own columns alone, so that an UPDATE that waited for another looks at them anew.
        """
        return self.filter(
            Q(most_uses=None) | Q(uses__lt=F("most_uses")), revoked_at=None, expires_at__gt=Now()
        )

    def acceptable(self) -> Self:
        """Those that let somebody in: usable ones, of seminars that are not archived."""
        return self.usable().filter(seminar__archived_at=None)

    def known_by(self, secret: str) -> Self:
        """The invitation of that link or short code, if any."""
        digest = Invitation.digest_of(secret)
        return self.filter(Q(token_digest=digest) | Q(code_digest=digest))


class Invitation(PublicId, Timestamped):
    """A way into a seminar with a role fixed in it: a link, and a short code to write on a board.

    Only keyed digests are kept: whoever reads the database alone can neither follow the link nor
    try all codes. Both are shown once, when the invitation is made.
    """

    LONGEST_DAYS: ClassVar[int] = 14
    LETTERS: ClassVar[str] = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.STUDENT)
    section = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4, help_text="The code's first letters, to tell it apart.")
    most_uses = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: any number.")
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="invitation_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(most_uses__gte=1, uses__lte=F("most_uses")),
                name="invitation_is_used_no_more_than_allowed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hint}… ({self.get_role_display()})"

    @property
    def state(self) -> str:
        """The state in a word: active, used, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        if self.most_uses is not None and self.uses >= self.most_uses:
            return "used"
        return "active" if self.expires_at > timezone.now() else "expired"

    @classmethod
    def fresh_secrets(cls) -> tuple[str, str]:
        """A new link's token (160 bits) and a new short code (10 letters, about 49 bits)."""
        return secrets.token_urlsafe(20), "".join(secrets.choice(cls.LETTERS) for _ in range(10))

    @staticmethod
    def digest_of(secret: str) -> str:
        """The digest under which a link's token or a code is kept; codes in any case, with gaps.

        Tokens hold letters of both cases and are told apart from codes by their length.
        """
        plain = "".join(secret.split())
        if len(plain.replace("-", "")) <= len("XXXXX-XXXXX"):
            plain = plain.replace("-", "").upper()
        return salted_hmac("debate.seminars.Invitation", plain, algorithm="sha256").hexdigest()


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    """Reads of roster entries."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The entries of the seminars in which the person is instructor."""
        return self.filter(seminar__in=Seminar.objects.taught_by(user))


class RosterEntry(PublicId, Timestamped):
    """Somebody whom an instructor expects and who has no account yet.

    It becomes a membership when a person signs in who has confirmed that address as theirs.
    """

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="roster_entries")
    email = models.EmailField(help_text="In small letters.")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.STUDENT)
    section = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="roster_entries"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = RosterEntryQuerySet.as_manager()

    class Meta:
        ordering = ["email", "id"]
        verbose_name_plural = "roster entries"
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "email"], name="roster_entry_is_unique_in_its_seminar"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="roster_entry_role_is_known"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="roster_entry_email_is_in_small_letters"
            ),
        ]
        indexes = [models.Index(fields=["email"], name="roster_entry_by_email")]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"
