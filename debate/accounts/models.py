"""People and the tokens by which their programs act for them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from debate.accounts.enums import Announcements, Face, Highlights, Motion, Scope, Spacing, Theme
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from debate.core.api.rates import Share

username_validators = [UnicodeUsernameValidator()]


class User(PublicId, AbstractUser):
    """A person. `name` is what others read; usernames and e-mail addresses are unique in any case."""

    first_name = None  # type: ignore[assignment]  # one name field: not every name has two parts
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    pronouns = models.CharField(max_length=40, blank=True)
    pronunciation = models.CharField(max_length=100, blank=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    face = models.CharField(max_length=10, choices=Face.choices, default=Face.SERIF)
    text_size = models.PositiveSmallIntegerField(default=3, help_text="1, the smallest, to 5.")
    spacing = models.CharField(max_length=10, choices=Spacing.choices, default=Spacing.NORMAL)
    highlights = models.CharField(max_length=10, choices=Highlights.choices, default=Highlights.ALL)
    single_keys = models.BooleanField(
        default=True, help_text="Whether single letters are shortcuts (WCAG 2.1.4)."
    )
    motion = models.CharField(
        max_length=10, choices=Motion.choices, default=Motion.SYSTEM, db_default=Motion.SYSTEM
    )
    announcements = models.CharField(
        max_length=10,
        choices=Announcements.choices,
        default=Announcements.ALL,
        db_default=Announcements.ALL,
    )
    shares_paragraph = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether others in a seminar see which paragraph one reads.",
    )
    may_create_seminars = models.BooleanField(
        default=False, help_text="Whether an operator lets the person make seminars."
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_is_unique_in_any_case"),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_is_unique_in_any_case",
            ),
            models.CheckConstraint(
                condition=models.Q(text_size__gte=1, text_size__lte=5),
                name="user_text_size_is_one_of_five",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name that others read; the username of a person who has given none."""
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name, for Django's admin and e-mails."""
        return self.display_name

    def get_short_name(self) -> str:
        """The name, for Django's admin."""
        return self.display_name


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Reads of tokens."""

    def visible_to(self, user: User) -> Self:
        """The person's own tokens; nobody sees another's."""
        return self.filter(user_id=user.pk)

    def active(self) -> Self:
        """Tokens that neither expired nor were revoked, of people who may sign in."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), user__is_active=True)


class ApiToken(PublicId, Timestamped):
    """A secret with which a program acts for a person, within its scopes, until it expires.

    Only the SHA-256 digest is kept: 160 random bits need no slow hash. `prefix` is the part that
    may be shown, so that a person can tell tokens apart.
    """

    MARK: ClassVar[str] = "cp_"
    LONGEST_DAYS: ClassVar[int] = 365
    WARNED_BEFORE: ClassVar[timedelta] = timedelta(days=14)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner was told that it expires soon."
    )

    objects = ApiTokenQuerySet.as_manager()

    counted: Share | None = None
    """What is left of its share, where the request that it came with has been counted to it."""

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """The state in a word: active, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "active" if self.expires_at > timezone.now() else "expired"

    @property
    def expires_soon(self) -> bool:
        """Whether an active token ends within the days in which its owner is told."""
        return self.state == "active" and self.expires_at <= timezone.now() + self.WARNED_BEFORE

    @staticmethod
    def digest_of(secret: str) -> str:
        """The digest under which a token's secret is kept."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def fresh_secret(cls) -> str:
        """A new secret: our mark and 160 random bits."""
        return cls.MARK + secrets.token_hex(20)

    @classmethod
    def expiry(cls, days: int) -> datetime:
        """The moment that many days from now."""
        return timezone.now() + timedelta(days=days)


class Attempts(models.Model):
    """How often something was tried since `since`: what must not be guessed is tried a few times."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.count} × {self.key}"


class IdempotencyKey(models.Model):
    """The answer to a creation that its sender named with an `Idempotency-Key`.

    Written in the transaction of the creation itself, so that key and object are there together or
    not at all. `fingerprint` is a digest of method, address and body: the same key for something
    else is refused. Kept for two days.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="idempotency_key_is_unique_for_its_user"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class RateBucket(models.Model):
    """How far a sender has used its share of a kind of requests.

    `empty_at` is the moment at which what was taken has flowed back (the theoretical arrival time
    of the generic cell rate algorithm, ITU-T I.371). The table is not logged: after a crash all
    buckets are empty, which harms nobody.
    """

    key = models.CharField(max_length=100, primary_key=True)
    empty_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} until {self.empty_at}"
