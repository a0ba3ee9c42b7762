"""What changes accounts: profiles, tokens made and revoked, and how often something was tried."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from procrastinate.contrib.django import app

from debate.accounts.enums import Announcements, Face, Highlights, Motion, Scope, Spacing, Theme
from debate.accounts.models import ApiToken, Attempts, User
from debate.accounts.signals import renamed
from debate.core.errors import Invalid, Missing, TooMany
from debate.core.moments import time_zones
from debate.core.text import clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


TEXT_SIZES = range(1, 6)
# Longer than any window in which tries are counted: what is older says nothing any more.
LONGEST_WINDOW = timedelta(days=1)


@transaction.atomic
def change_profile(
    *, actor: User, name: str, time_zone: str, pronouns: str = "", pronunciation: str = ""
) -> User:
    """Change how others read the actor's name, and the zone in which times are shown.

    `time_zone` is a name of the IANA time zone database. Raises Invalid that names the field.
    """
    changes = {
        "name": clean_name(name, field="name"),
        "pronouns": clean_name(pronouns, field="pronouns", limit=40, required=False),
        "pronunciation": clean_name(
            pronunciation, field="pronunciation", limit=100, required=False
        ),
        "time_zone": time_zone,
    }
    if time_zone not in time_zones():
        raise Invalid("Choose a time zone such as Europe/Berlin.", field="time_zone")
    is_renamed = changes["name"] != actor.name
    person = _change_person(actor, changes)
    if is_renamed:
        renamed.send(sender=User, person=person)
    return person


def change_reading(
    *,
    actor: User,
    theme: str,
    face: str,
    text_size: int,
    spacing: str,
    highlights: str,
    motion: str,
    announcements: str,
    single_keys: bool,
    shares_paragraph: bool,
) -> User:
    """Change how the pages look and act for the actor, and whether others see what one reads.

    Raises Invalid that names the field.
    """
    words = {
        "theme": (theme, Theme.values),
        "face": (face, Face.values),
        "spacing": (spacing, Spacing.values),
        "highlights": (highlights, Highlights.values),
        "motion": (motion, Motion.values),
        "announcements": (announcements, Announcements.values),
    }
    for field, (given, known) in words.items():
        if given not in known:
            raise Invalid("Choose one of: " + ", ".join(known) + ".", field=field)
    if text_size not in TEXT_SIZES:
        raise Invalid("Choose a size from 1 to 5.", field="text_size")
    chosen = {field: given for field, (given, _) in words.items()}
    switches = {"single_keys": single_keys, "shares_paragraph": shares_paragraph}
    return _change_person(actor, {**chosen, "text_size": text_size, **switches})


def _change_person(person: User, changes: dict[str, Any]) -> User:
    User.objects.filter(pk=person.pk).update(**changes)
    for field, value in changes.items():
        setattr(person, field, value)
    return person


@transaction.atomic
def create_token(
    *, actor: User, name: str, scopes: Sequence[str] = (Scope.READ,), days: int = 90
) -> tuple[ApiToken, str]:
    """Make a token for the actor; returns it with its secret, which is never seen again.

    `days` is its life, 1 to 365. Raises Invalid that names `name`, `scopes` or `days`.
    """
    name = clean_name(name, field="name", limit=100)
    if not scopes or set(scopes) - set(Scope.values):
        raise Invalid("Choose at least one of: " + ", ".join(Scope.values) + ".", field="scopes")
    if not 1 <= days <= ApiToken.LONGEST_DAYS:
        raise Invalid(f"A token lives 1 to {ApiToken.LONGEST_DAYS} days.", field="days")
    secret = ApiToken.fresh_secret()
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        prefix=secret[:9],
        digest=ApiToken.digest_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=ApiToken.expiry(days),
    )
    return token, secret


def revoke_token(*, actor: User, token_id: UUID) -> None:
    """End one of the actor's tokens at once; again does nothing. Raises Missing for another's."""
    tokens = ApiToken.objects.visible_to(actor).filter(pk=token_id)
    if not tokens.exists():
        raise Missing
    tokens.filter(revoked_at=None).update(revoked_at=Now())


@transaction.atomic
def warn_of_tokens() -> int:
    """Have the owners of tokens told that expire within 14 days, of each token once; how many.

    Not of tokens that were made to live no longer than that, were revoked, or whose owner has no
    address. Each e-mail is a job of the same transaction.
    """
    soon = (
        ApiToken.objects.active()
        .filter(
            warned_at=None,
            expires_at__lte=Now() + ApiToken.WARNED_BEFORE,
            expires_at__gt=F("created_at") + ApiToken.WARNED_BEFORE,
        )
        .exclude(user__email="")
        .select_for_update(of=("self",), skip_locked=True)
    )
    # As objects: of values, Django would lock the rows of every table that is joined.
    tokens = [one.pk for one in soon.order_by("pk").only("pk")]
    ApiToken.objects.filter(pk__in=tokens).update(warned_at=Now())
    job = app.configure_task("accounts.mail_warning", queue="mail")
    for token in tokens:
        job.defer(token=str(token))
    return len(tokens)


@transaction.atomic
def make_operator(*, username: str, email: str, name: str = "", password: str = "") -> User:
    """Make an account whose owner runs the site, or make one that exists an operator's.

    For whoever has the command line, hence no actor. The address counts as verified, and an account
    that exists keeps its password. Raises Invalid that names the field.
    """
    email = email.lower()
    person = User.objects.select_for_update().filter(username__iexact=username).first()
    if person is None:
        person = User(username=username, name=name or username)
        _set_password(person, password)
    person.email = email
    person.is_staff = person.is_superuser = person.is_active = True
    try:
        person.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        at = "email" if "email" in sentences[0] else field
        raise Invalid(sentences[0], field=at) from error
    person.save()
    EmailAddress.objects.filter(user=person).exclude(email=email).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    return person


def _set_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    person.set_password(password)


def count_attempt(*, key: str, limit: int, seconds: int) -> None:
    """Count one more try of what must not be guessed, before it is looked at.

    The first `limit` tries within `seconds` of the first one pass, in all processes together; the
    others raise TooMany, which tells how long to wait. To be called outside a transaction, which
    would take the count back with everything else. `key` is kept as a keyed digest, so that no
    address of a visitor lies in the table.
    """
    digest = _attempts_key(key)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": digest, "most": limit + 1, "seconds": seconds})
        count, wait = cursor.fetchone()
    if count == 1:
        Attempts.objects.filter(since__lt=Now() - LONGEST_WINDOW).delete()
    if count > limit:
        raise TooMany(
            f"That was tried too often. Please wait {_in_words(math.ceil(wait))}.",
            extra={"retry_after": max(1, math.ceil(wait))},
        )


def uncount_attempt(*, key: str) -> None:
    """Take one try back, because it was right after all."""
    Attempts.objects.filter(key=_attempts_key(key), count__gt=0).update(count=F("count") - 1)


# One statement, so that no two tries read the same number. A window that has passed begins anew.
_COUNT = """
    INSERT INTO accounts_attempts AS a (key, count, since)
    VALUES (%(key)s, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN a.since + make_interval(secs => %(seconds)s) <= clock_timestamp()
                THEN 1 ELSE least(a.count + 1, %(most)s) END,
        since = CASE WHEN a.since + make_interval(secs => %(seconds)s) <= clock_timestamp()
                THEN clock_timestamp() ELSE a.since END
    RETURNING a.count,
        extract(epoch FROM a.since + make_interval(secs => %(seconds)s) - clock_timestamp())
"""


def _attempts_key(key: str) -> str:
    return salted_hmac("debate.accounts.Attempts", key, algorithm="sha256").hexdigest()


def _in_words(seconds: int) -> str:
    if seconds <= 90:  # noqa: PLR2004 - from here on minutes read better
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{math.ceil(seconds / 60)} minutes"
