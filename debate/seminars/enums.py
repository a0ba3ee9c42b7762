"""Words of seminars."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a person is in a seminar."""

    INSTRUCTOR = "instructor", "Instructor"
    ASSISTANT = "assistant", "Assistant"
    STUDENT = "student", "Student"
    OBSERVER = "observer", "Observer"


STAFF = (Role.INSTRUCTOR, Role.ASSISTANT)
WRITERS = (Role.INSTRUCTOR, Role.ASSISTANT, Role.STUDENT)


class GroupKind(models.TextChoices):
    """A reading group, or a section to which an assistant may be limited."""

    READING = "reading", "Reading group"
    SECTION = "section", "Section"
