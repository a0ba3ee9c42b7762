"""What is taken away, and how: an assignment, a seminar or all of one's own, with what options.

Not one of the usual module names: the answer to an address, a form or a command line, which all
three read alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import MD5, Cast, JSONObject
from django.utils.crypto import salted_hmac

from annotations.exchange.bulk.snapshot import Lines
from annotations.models import Annotation, Relation
from annotations.queries.conditions import TOLD, state_of, with_appearances
from annotations.queries.view_keys import views_of
from debate.assignments.models import Alias, Assignment
from debate.core.db import ANYBODY, KEPT, THIS, Somebody, Statement
from debate.core.errors import Invalid
from debate.essays.models import Paragraph, Revision
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.queries.conditions import State
    from debate.accounts.models import User
    from debate.seminars.models import Seminar

SHOWN, PSEUDONYM = "shown", "pseudonym"
EXACT, SAFE = "exact", "safe"
LONGEST_PROJECT = 100
YES_OR_NO = {"1": True, "true": True, "0": False, "false": False}
OPTIONS = ("authors", "project", "cells", "trailer")
"""The names of the options in addresses."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """In which format, and with what.

    `authors` as they are shown, or under pseudonyms that hold within `project`; `cells` of tables
    exact or safe for spreadsheets; `trailer`: whether the last line tells that it is the last.
    """

    format: str = "ndjson"
    authors: str = SHOWN
    project: str = ""
    cells: str = EXACT
    trailer: bool = True

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Wanted:
        """What was asked for by those names. Raises Invalid that names the one at fault."""
        wanted = cls(
            format=given.get("format") or "ndjson",
            authors=given.get("authors") or SHOWN,
            project=(given.get("project") or "").strip(),
            cells=given.get("cells") or EXACT,
            trailer=_truth(given.get("trailer", "1")),
        )
        for name, known in (("authors", (SHOWN, PSEUDONYM)), ("cells", (EXACT, SAFE))):
            if getattr(wanted, name) not in known:
                raise Invalid(f"Choose one of: {', '.join(known)}.", field=name)
        if wanted.is_pseudonymous and not wanted.project:
            raise Invalid("Name the project: pseudonyms are the same within it.", field="project")
        if wanted.project and not wanted.is_pseudonymous:
            raise Invalid("Only pseudonyms are of a project.", field="project")
        if len(wanted.project) > LONGEST_PROJECT:
            raise Invalid(f"At most {LONGEST_PROJECT} characters are taken.", field="project")
        if wanted.cells == SAFE and wanted.format != "tables":
            raise Invalid("Only tables have cells.", field="cells")
        if not wanted.trailer and wanted.format != "ndjson":
            raise Invalid("Only NDJSON has a last line of its own.", field="trailer")
        return wanted

    @property
    def is_pseudonymous(self) -> bool:
        """Whether nobody is to be known by it."""
        return self.authors == PSEUDONYM

    @property
    def options(self) -> dict[str, Any]:
        """What `read` makes the same of, but for the format; without what is as usual."""
        usual = {field.name: field.default for field in fields(self)}
        given = {name: value for name, value in asdict(self).items() if value != usual[name]}
        given.pop("format", None)
        if "trailer" in given:
            given["trailer"] = "0"
        return given


_told = attrgetter(*(name.replace("__", ".") for name in TOLD))


def _truth(word: Any) -> bool:
    try:
        return YES_OR_NO[str(word).lower()]
    except KeyError:
        raise Invalid("Send 1 or 0.", field="trailer") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person may read of an assignment or a seminar; of neither, what the person wrote.

    `known` is the state of the assignment for the person where that was just asked for.
    """

    user: User | AnonymousUser
    assignment: Assignment | None = None
    seminar: Seminar | None = None
    known: State | None = None

    @property
    def stem(self) -> str:
        """How files of it are called, without an ending."""
        if self.assignment:
            return f"{self.assignment.seminar.slug}-{self.assignment.slug}"
        return self.seminar.slug if self.seminar else "my-annotations"

    @property
    def title(self) -> str:
        """What it is called."""
        if self.assignment:
            return self.assignment.title
        return self.seminar.title if self.seminar else "My annotations"

    def assignments(self) -> QuerySet[Assignment]:
        """The assignments from which anything comes."""
        known = Assignment.objects.visible_to(self.user).for_pages()
        if self.assignment:
            return known.filter(pk=self.assignment.pk)
        if self.seminar:
            return known.filter(seminar=self.seminar.pk).order_by("pk")
        own = Annotation.objects.filter(author=self.user.pk).order_by()
        return known.filter(pk__in=own.values("assignment")).order_by("pk")

    def annotations(self, wanted: Wanted) -> AnnotationQuerySet:
        """The annotations in the order of their making, without whose author does not consent."""
        rows: AnnotationQuerySet = self._within(Annotation.objects.visible_to(self.user))
        if not self.assignment and not self.seminar:
            rows = rows.filter(author=self.user.pk)
        if wanted.is_pseudonymous:
            rows = rows.filter(Q(assignment__seminar__asks_consent=False) | Q(_agreed("author_id")))
        return rows.order_by("pk")

    def lines(self, wanted: Wanted, base: str) -> Lines:
        """The statement of the annotations' wire; `base` is scheme and host."""
        of_what = "assignment" if self.assignment else "seminar" if self.seminar else ""
        statement = _statement(
            of_what,
            is_visitor=self.user.pk is None,
            is_pseudonymous=wanted.is_pseudonymous,
            base=base,
        )
        place = self.assignment or self.seminar
        return Lines(statement, {ANYBODY: self.user.pk, THIS: place and place.pk})

    def relations(self, wanted: Wanted) -> QuerySet[Any]:
        """What attacks what, as plain rows; of those who consent alone, where that is asked."""
        rows: QuerySet[Any] = self._within(Relation.objects.visible_to(self.user))
        if not self.assignment and not self.seminar:
            rows = rows.filter(added_by=self.user.pk)
        if wanted.is_pseudonymous:
            makers = ("added_by_id", "source__added_by_id", "target_claim__added_by_id")
            for maker in (*makers, "target_inference__added_by_id", "target_evidence__author_id"):
                rows = rows.filter(
                    Q(assignment__seminar__asks_consent=False)
                    | Q(**{f"{maker.removesuffix('_id')}__isnull": True})
                    | Q(_agreed(maker))
                )
        return rows.order_by("pk").values(
            "id",
            "assignment_id",
            "kind",
            "source_id",
            "target_claim_id",
            "target_inference_id",
            "target_evidence_id",
            "is_one_way",
            "rationale",
            "status",
            "annotation_id",
            "created_at",
            "updated_at",
            source_text=F("source__text"),
            target_text=F("target_claim__text"),
        )

    def paragraphs(self) -> QuerySet[Any]:
        """The paragraphs of every revision of the essays, as plain rows."""
        revisions = Revision.objects.visible_to(self.user).filter(
            essay__in=self.assignments().order_by().values("essay")
        )
        return (
            Paragraph.objects.filter(revision__in=revisions)
            .order_by("revision_id", "position")
            .values(
                "id",
                "key",
                "position",
                "number",
                "kind",
                "level",
                "label",
                "text",
                "html",
                essay_id=F("revision__essay_id"),
                essay_title=F("revision__essay__title"),
                revision_number=F("revision__number"),
            )
        )

    def shown_paragraphs(self) -> list[Paragraph]:
        """The paragraphs of the revision that the assignment shows, in order."""
        if self.assignment is None:
            return []
        shown = Paragraph.objects.visible_to(self.user)
        return list(shown.filter(revision=self.assignment.revision_id).order_by("position"))

    def rules(self, wanted: Wanted) -> str:
        """What is the same as long as the person sees all of it by the same rules.

        Under pseudonyms also as long as the same people are in it, by the same names. Takes 4 to 8
        queries, however many assignments there are; one more for pseudonyms.
        """
        keys = [f"{one.pk} {key.hex()}" for one, key in self._keys()]
        keys += [self._names()] if wanted.is_pseudonymous else []
        return salted_hmac("annotations.exchange.rules", repr(keys)).hexdigest()

    def state(self, wanted: Wanted) -> list[str]:
        """What is the same as long as a reader gets the same: names, titles and consent included.

        Of an assignment it takes one query, else 5 to 9, however many assignments there are; one
        more for pseudonyms.
        """
        if self.assignment:
            state = self.known or state_of(self.user, self.assignment.pk)
            told = list(map(str, state or ()))
            return [*told, self._names()] if wanted.is_pseudonymous else told
        told = [
            repr((one.pk, one.change_counter, key.hex(), _told(one), one.appearances))
            for one, key in self._keys()
        ]
        return [self.title, *told, self._names()]

    def _names(self) -> str:
        """A digest of what the people are called there, and of what they said of research."""
        seminars = self.assignments().order_by().values("seminar")
        people = Membership.objects.filter(seminar__in=seminars)
        named = JSONObject(
            person="user_id",
            name="user__name",
            username="user__username",
            consents="consents",
            asked="seminar__asks_consent",
        )
        told_of = MD5(Cast(JSONBAgg(named, order_by="pk"), TextField()))
        return str(people.aggregate(digest=told_of)["digest"])

    def _keys(self) -> list[tuple[Any, bytes]]:
        """The assignments, each with the key of the person's view.

        Where they are several, each with its `appearances` too.
        """
        one = self.assignment
        assignments = [one] if one else list(with_appearances(self.assignments()))
        views = views_of([(self.user.pk, one.pk) for one in assignments], assignments)
        return [(one, views[self.user.pk, one.pk].key) for one in assignments]

    def people(self) -> list[tuple[str, tuple[str, ...]]]:
        """Everybody who may be named in it: an id, and all names by which the person goes there.

        Members, whoever wrote there and left, and the aliases. Takes 4 queries.
        """
        seminars = {one.seminar_id for one in self.assignments()}
        members = Membership.objects.filter(seminar__in=seminars).values_list(*_NAMES["user"])
        wrote = Annotation.objects.filter(assignment__seminar__in=seminars).order_by()
        authors = wrote.values_list(*_NAMES["author"]).distinct()
        aliases = Alias.objects.filter(assignment__seminar__in=seminars).values_list("pk", "name")
        found = {str(one[0]): tuple(filter(None, one[1:])) for one in (*members, *authors)}
        found |= {str(pk): (name,) for pk, name in aliases}
        return sorted(found.items())

    def _within(self, rows: Any) -> Any:
        if self.assignment:
            return rows.filter(assignment=self.assignment.pk)
        if self.seminar:
            return rows.filter(assignment__seminar=self.seminar.pk)
        return rows


_NAMES = {
    person: (f"{person}_id", f"{person}__name", f"{person}__username", f"{person}__email")
    for person in ("user", "author")
}


def _agreed(person: str) -> Exists:
    """The person has said that the words may go into research."""
    return Exists(
        Membership.objects.filter(
            seminar=OuterRef("assignment__seminar_id"), user=OuterRef(person), consents=True
        )
    )


@lru_cache(maxsize=KEPT)
def _statement(
    of_what: str, *, is_visitor: bool, is_pseudonymous: bool, base: str
) -> Statement | None:
    """That of `Lines`, for whoever asks: Django takes some 30 ms to build it.

    It names nothing but ids, so the database decides anew each time who may see what.
    """
    person: Any = Somebody(None if is_visitor else ANYBODY)
    place: Any = {of_what: Somebody(THIS)} if of_what else {}
    wanted = Wanted(authors=PSEUDONYM if is_pseudonymous else SHOWN, project="any")
    rows: Any = Scope(person, **place).annotations(wanted).with_wire(person, base=base)
    return Statement.of(rows.values_list("wire"))
