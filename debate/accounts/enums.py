"""Words of accounts."""

from __future__ import annotations

from django.db import models


class Theme(models.TextChoices):
    """The colours of the pages."""

    SYSTEM = "system", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Face(models.TextChoices):
    """The letters in which essays are set."""

    SERIF = "serif", "Serif (Literata)"
    SANS = "sans", "Sans-serif (Figtree)"


class Highlights(models.TextChoices):
    """Whose words are marked in the text."""

    ALL = "all", "Everybody's"
    MINE = "mine", "Only mine"
    NONE = "none", "None"


class Spacing(models.TextChoices):
    """The distance of an essay's lines."""

    CLOSE = "close", "Close"
    NORMAL = "normal", "Normal"
    WIDE = "wide", "Wide"


class Motion(models.TextChoices):
    """Whether things slide into their places."""

    SYSTEM = "system", "As the device"
    REDUCED = "reduced", "None"


class Announcements(models.TextChoices):
    """Of which arrivals a reading page tells while it is read."""

    ALL = "all", "All"
    REPLIES = "replies", "Replies to me"
    NONE = "none", "None"


class Scope(models.TextChoices):
    """What a token may do on its owner's behalf; never more than the owner may."""

    READ = "read", "Read what I may read"
    WRITE = "write", "Annotate and reply as me"
    ROSTER_READ = "roster:read", "Read the e-mail addresses of people in seminars I teach"
    MARKS_READ = "marks:read", "Read rubrics, works and marks where I grade"
    MARKS_WRITE = "marks:write", "Set up grading and mark as me"
    GRADES_READ = "grades:read", "Read my grades, and those of people whom I grade"
    GRADES_WRITE = "grades:write", "Change and release grades in the seminars I teach"
    ADMIN = "admin", "Manage the seminars I teach"
