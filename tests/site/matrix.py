"""The permission matrix: the table of templates/docs/permissions.md, read and bound to operations.

`rows()` reads the table. `READING_AND_WRITING` here and `RUNNING` in running.py say for each row in which state the world is and which
operations realise the row: every method of every page and API endpoint stands in at least one.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.enums import Audience, Status
from annotations.models import Annotation, LinkHealth
from debate.assignments.enums import RoundMode
from debate.core import docs
from debate.seminars.enums import Role
from tests.factories.annotations import AnnotationFactory, SourceFactory
from tests.factories.seminars import MembershipFactory
from tests.site.people import COLUMNS, MARK, NAME_MARK, REPLY_MARK, annotations, where

CELLS = {"yes", "no", "absent", "sign in", "gone", "closed", "refused"}


@dataclass(frozen=True)
class Row:
    """A row of the table: its code, what it is about, and the cell of each column."""

    code: str
    what: str
    cells: dict[str, str]


def rows():
    """The rows of the table, its columns being those of COLUMNS."""
    text = Path(docs.FOLDER, "permissions.md").read_text(encoding="utf-8")
    table = [_cells(line) for line in text.splitlines() if line.startswith("|")]
    head, _, *body = table
    assert head == ["Row", "What", *COLUMNS, "When"]
    found = [Row(line[0], line[1], dict(zip(COLUMNS, line[2:-1], strict=True))) for line in body]
    assert {cell for row in found for cell in row.cells.values()} <= CELLS
    return found


def _cells(line):
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def nothing(_world):
    """No arguments, nothing sent."""
    return {}


@dataclass(frozen=True)
class Operation:
    """One method of one address: how it is called in the world, and what tells that it happened.

    `shows` are words that the answer to whoever may read has, and no other; an answer without them
    is as good as none. `to` tells another success than the usual, `lands` where one is led after
    it, `names` which member of the body names what is hidden, rather than the address. `after` is
    an address that the same browser looks at before.
    """

    method: str
    name: str
    at: object = nothing
    sends: object = nothing
    query: object = ""
    shows: str = ""
    lists: bool = False
    names: str = ""
    to: frozenset = frozenset()
    lands: str = ""
    after: object = None

    @property
    def is_api(self):
        """Whether programs call it."""
        return self.name.startswith(("api:", "wa:"))

    @property
    def reads(self):
        """Whether it changes nothing."""
        return self.method in {"GET", "HEAD", "OPTIONS"}

    def asked(self, world):
        """The query of its address."""
        return self.query(world) if callable(self.query) else self.query

    def __str__(self):
        return f"{self.method} {self.name}"


def page(name, at=nothing, **rest):
    """Reading a page."""
    return Operation("GET", name, at, **rest)


def form(name, at=nothing, sends=nothing, **rest):
    """Sending a form."""
    return Operation("POST", name, at, sends, **rest)


def call(method, name, at=nothing, sends=nothing, **rest):
    """Calling the API."""
    return Operation(method, f"api:{name}", at, sends, **rest)


def web(method, name, at=nothing, sends=nothing, **rest):
    """Calling the Web Annotation Protocol."""
    return Operation(method, f"wa:{name}", at, sends, **rest)


# -- where -----------------------------------------------------------------------------------------


def seminar(world):
    return [world.seminar.slug]


def seminar_id(world):
    return [world.seminar.pk]


def essay(world):
    return [world.essay.pk]


def assignment_id(world):
    return [world.assignment.pk]


def paragraph_id(world):
    return [world.paragraph.pk]


def draft(world):
    return [world.draft.pk]


def revision_draft(world):
    return [world.revision_draft.pk]


def placement(world):
    return [world.revision_draft.pk, world.note.pk]


def note(world):
    return [world.note.pk]


def new_draft(world):
    return [world.new_draft.pk]


def spare(world):
    return where(world) | {"assignment": world.spare.slug}


def first_revision(world):
    return [world.essay.pk, 1]


def to_read(world):
    return {"seminar": str(world.seminar.pk), "text": "# Rents\n\nOne paragraph of words."}


def elsewhere(world):
    second = world.assignment.revision.paragraphs.get(number=2)
    return {"anchors": [{"paragraph": str(second.pk)}]}


def template(world):
    return [world.template.pk]


def web_note(world):
    return [world.assignment.pk, str(world.note.pk)]


def reply(world):
    return [world.reply.pk]


def remark(world):
    return [world.remark.pk]


def evidence(world):
    return [world.evidence.pk]


def source(world):
    return [world.source.pk]


def passage(world):
    return [world.evidence.passage_id]


def on_the_shelf(world):
    return [world.seminar.slug, world.source.pk]


def its_passage(world):
    return [*on_the_shelf(world), world.evidence.passage_id]


def as_bibtex(world):
    return [world.seminar.slug, "bib"]


def as_table(world):
    return where(world) | {"form": "csv"}


def token(world):
    return [world.tokens["author"].pk]


def claim(world):
    """What the author's evidence is for."""
    return where(world) | {"claim_id": world.evidence.inference.conclusion_id}


def paragraph_page(world):
    return where(world) | {"number": 1}


def old_paragraph_page(world):
    return where(world) | {"revision": 1, "number": 1}


# -- in which state --------------------------------------------------------------------------------


def as_it_is(_world):
    """The world as `build` makes it."""


def written(**fields):
    """What the author wrote, and the replies to it, have these fields."""

    def given(world):
        annotations(world).update(**fields)

    return given


def for_group(world):
    annotations(world).update(audience=Audience.GROUP, group=world.group)


def together(*steps):
    """One state after the other."""

    def given(world):
        for step in steps:
            step(world)

    return given


def set_row(row, **fields):
    """Changes the row in the database alone, where the next row's state is taken from."""
    type(row).objects.filter(pk=row.pk).update(**fields)


def public(world):
    annotations(world).update(audience=Audience.PUBLIC)
    set_row(world.seminar, allows_public=True)
    set_row(world.essay, is_public=True)


def seminar_stays_closed(world):
    set_row(world.seminar, allows_public=False)


def essay_stays_closed(world):
    set_row(world.essay, is_public=False)


def blind(world):
    set_row(world.round, mode=RoundMode.BLIND)


def blind_until_one_has_posted(world):
    """Both classmates have written twice in the round."""
    set_row(world.round, mode=RoundMode.BLIND, reveals_after=2)
    for name in ("mate", "other"):
        for _ in range(2):
            AnnotationFactory(
                assignment=world.assignment, round=world.round, author=world.person[name]
            )


def ended(world):
    set_row(world.round, mode=RoundMode.BLIND, ends_at=timezone.now())


def set_to_group(world):
    set_row(world.assignment, is_for_groups=True)
    world.assignment.groups.set([world.group])


def instructed(world):
    set_row(world.assignment, instructions=f"{MARK} first.")


def under_pseudonym(world):
    """The author's words bear an alias; the classmate's reply does not."""
    set_row(world.assignment, uses_pseudonyms=True)
    own = Annotation.objects.filter(author=world.person["author"])
    own.update(alias=world.alias)


def unopened(world):
    set_row(world.assignment, opens_at=timezone.now() + timedelta(days=1))


def closed(world):
    now = timezone.now()
    set_row(world.assignment, due_at=now, closes_at=now)
    world.assignment.extensions.all().delete()


def described(world):
    """The address of the work says what it is."""
    LinkHealth.objects.create(source=world.source, found={"title": "Zebrafish"})


def standing_twice(world):
    world.twin = SourceFactory(seminar=world.seminar, added_by=world.person["instructor"])


def staff_elsewhere(world):
    """The assistant and the instructor keep the shelf of another seminar as well."""
    for name in ("assistant", "instructor"):
        MembershipFactory(seminar=world.elsewhere, user=world.person[name], role=Role.ASSISTANT)
    world.foreign = SourceFactory(seminar=world.elsewhere)


def archived(world):
    set_row(world.seminar, archived_at=timezone.now())


def locked(world):
    set_row(world.note, locked_at=timezone.now())


def withdrawn(world):
    annotations(world).update(status=Status.WITHDRAWN)


# -- what is sent ----------------------------------------------------------------------------------

KEY = str(UUID(int=1))


def remark_form(**rest):
    """A comment typed into the composer; what is called is asked of the world."""

    def sends(world):
        filled = {name: value(world) if callable(value) else value for name, value in rest.items()}
        return {"kind": "comment", "body": "A remark.", "submission_key": KEY, **filled}

    return sends


def post(**rest):
    """A comment on the paragraph, sent by a program."""

    def sends(world):
        filled = {name: value(world) if callable(value) else value for name, value in rest.items()}
        about = {"assignment": str(world.assignment.pk), "paragraph": str(world.paragraph.pk)}
        return {**about, "kind": "comment", "body": "A remark.", **filled}

    return sends


def on_the_web(world):
    """A question about the paragraph, as other programs send it."""
    return {
        "type": "Annotation",
        "motivation": "questioning",
        "bodyValue": "Who pays for it?",
        "target": f"http://testserver/api/v1/paragraphs/{world.paragraph.pk}/",
    }


def answer_to(target):
    """A reply sent by a program to the list of all annotations."""

    def sends(world):
        parent = str(getattr(world, target).pk)
        return {
            "assignment": str(world.assignment.pk), "parent": parent, "kind": "comment",
            "body": "So.",
        }  # fmt: skip

    return sends


def fixed(**body):
    """The same body whatever the world is."""
    return lambda _world: body


def version_of(name, **rest):
    """A form about the draft of that name as it stands."""
    return lambda world: {"version": getattr(world, name).version, **rest}


def upload(world):
    file = SimpleUploadedFile("essay.md", b"One paragraph of words.")
    return {"version": world.draft.version, "file": file}


A_BOOK = "@book{rivers, title = {Rivers}}"


def for_the_shelf(**body):
    return lambda world: {"seminar": str(world.seminar.pk), **body}


def of_the_source(**body):
    return lambda world: {"source": str(world.source.pk), **body}


def the_twin(world):
    return {"into": str(world.twin.pk)}


def into_its_twin(world):
    return f"?into={world.twin.pk}"


def to_the_other_shelf(world):
    return {"sources": [str(world.source.pk)], "seminar": str(world.elsewhere.pk)}


def from_the_other_shelf(world):
    return {"seminar": str(world.seminar.pk), "sources": [str(world.foreign.pk)]}


PASTED = fixed(text="A title\n\nOne paragraph of words.\n\nAnother one of words.")
SETTING = fixed(
    title="Again", opens_at="2026-01-01T12:00", asked_comments=1, asked_counterarguments=1,
    asked_evidence=1,
)  # fmt: skip
REPLY = fixed(kind="comment", body="So.")
EDIT = fixed(kind="question", body="Who pays for it?", version=1)
PLACE = fixed(version=1, paragraph=2)


# -- which operations ------------------------------------------------------------------------------

READ = [
    page("annotations:detail", note),
    page("annotations:paragraph", paragraph_page, shows=MARK, lists=True),
    call("GET", "annotation-detail", note),
    call("GET", "annotation-list", shows=MARK, lists=True),
    web("GET", "container", assignment_id, shows=MARK, lists=True),
]
# These show the same by the same door, and are tried in the states that differ most.
READ_EVERYWHERE = [
    *READ,
    page("annotations:reading", where, shows=MARK, lists=True),
    page("annotations:revision", paragraph_page, shows=MARK, lists=True),
    page("annotations:revision_paragraph", old_paragraph_page, shows=MARK, lists=True),
    web("GET", "annotation", web_note),
    call("GET", "evidence-list", shows=MARK, lists=True),
    call("GET", "evidence-detail", evidence),
    page("annotations:search", query="?q=zebrafish", shows="whom?", lists=True),
    call("GET", "annotation-list", query="?q=zebrafish", shows=MARK, lists=True),
    call("GET", "change-list", query="?limit=200", shows=MARK, lists=True),
    call(
        "GET", "assignment-change-list", assignment_id, query="?limit=200", shows=MARK, lists=True
    ),
]
READ_ONE = [READ[0], READ[2]]
MAP = [
    page("annotations:evidence", where, shows="zebrafish", lists=True),
    page("annotations:evidence_export", as_table, shows=MARK, lists=True),
    page("annotations:map", where, shows=MARK, lists=True),
    page("annotations:map_outline", where, shows=MARK, lists=True),
    page("annotations:claim", claim, shows=MARK, lists=True),
    call("GET", "graph", assignment_id, shows=MARK, lists=True),
]
FLOW = [
    page("annotations:flow", where, shows=MARK, lists=True),
    page("annotations:open_items", where, query="?show=evidence", shows=MARK, lists=True),
    page("annotations:open_items", where, query="?show=questions", shows=MARK, lists=True),
    page("annotations:brief", where, shows=MARK, lists=True),
]
READ_REPLY = [
    page("annotations:detail", reply),
    page("annotations:detail", note, shows=REPLY_MARK),
    call("GET", "annotation-detail", reply),
    call("GET", "annotation-list", shows=REPLY_MARK, lists=True),
    call("GET", "reply-list", note, shows=REPLY_MARK),
]
HISTORY = [page("annotations:history", note), call("GET", "history-list", note)]
SOURCES = [
    page("annotations:source", on_the_shelf),
    page("annotations:sources", seminar, shows="example.org/zebrafish", lists=True),
    page("annotations:sources_export", as_bibtex, shows="example.org/zebrafish", lists=True),
    call("GET", "source-detail", source),
    call("GET", "source-list", shows="example.org/zebrafish", lists=True),
    call("GET", "source-citations", source),
]
PASSAGES = [
    call("GET", "passage-detail", passage),
    call("GET", "passage-list", shows='"relied_on"', lists=True),
    call("GET", "passage-check-list", passage),
]
SHELVING = [
    page("annotations:source_add", seminar),
    form("annotations:source_add", seminar, fixed(title="Rivers")),
    page("annotations:source_import", seminar),
    form("annotations:source_import", seminar, fixed(text=A_BOOK, take="1", chosen=["0"])),
    page("annotations:passage_add", on_the_shelf),
    form("annotations:passage_add", on_the_shelf, fixed(quote="Rivers rise.")),
    call("POST", "source-list", sends=for_the_shelf(title="Rivers"), names="seminar"),
    call("POST", "source-import", sends=for_the_shelf(text=A_BOOK), names="seminar"),
    call("POST", "passage-list", sends=of_the_source(quote="Rivers rise."), names="source"),
]
DESCRIBING = [
    page("annotations:source_edit", on_the_shelf),
    form("annotations:source_edit", on_the_shelf, fixed(title="Rivers")),
    form("annotations:source_take", on_the_shelf),
    call("PATCH", "source-detail", source, fixed(title="Rivers")),
    call("POST", "source-found", source),
]
MERGING = [
    page("annotations:source_duplicates", seminar),
    page("annotations:source_merge", on_the_shelf, query=into_its_twin),
    form("annotations:source_merge", on_the_shelf, the_twin),
    call("POST", "source-merge", source, the_twin),
    call("GET", "duplicate-list", seminar_id),
]
COPYING = [
    page("annotations:source_copy", seminar),
    form("annotations:source_copy", seminar, to_the_other_shelf),
    call("POST", "source-copy", sends=from_the_other_shelf, names="seminar"),
]
CHECKING = [
    page("annotations:passage_check", its_passage),
    form("annotations:passage_check", its_passage, fixed(match="not_found")),
    call("POST", "passage-check-list", passage, fixed(opened=True, match="not_found")),
]
RELYING = [
    page("annotations:passage_mark", its_passage),
    form("annotations:passage_mark", its_passage, fixed(marked="")),
    call("PATCH", "passage-detail", passage, fixed(relied_on=[])),
]
POST = [
    page("annotations:create", old_paragraph_page),
    form("annotations:create", old_paragraph_page, remark_form()),
    call("POST", "annotation-list", sends=post(), names="assignment"),
    web("POST", "container", assignment_id, on_the_web),
]
POST_ONLY = POST[1:]
REPLY_WAYS = [
    page("annotations:reply", note),
    form("annotations:reply", note, remark_form()),
    call("POST", "reply-list", note, REPLY),
]
CHANGE = [
    page("annotations:edit", note),
    page("annotations:withdraw", note),
    form("annotations:edit", note, EDIT),
    form("annotations:withdraw", note),
    call("PATCH", "annotation-detail", note, fixed(body="Who pays for it?")),
    call("DELETE", "annotation-detail", note),
    web("PUT", "annotation", web_note, on_the_web),
    web("PATCH", "annotation", web_note, fixed(bodyValue="Who pays for it?", body=None)),
    web("DELETE", "annotation", web_note),
]
CHANGE_ONLY = CHANGE[2:]
PLACING = [
    page("annotations:place", note),
    form("annotations:place", note, PLACE),
    call("PUT", "anchors", note, elsewhere),
]
ANSWERING = [
    form("annotations:answer", reply),
    call("PUT", "answer", reply),
    call("DELETE", "answer", reply),
]


def written_for(audience, **more):
    """Posting with that audience: `group` is the name of a group of the world."""

    name = more.get("group")
    sent = {"group": lambda world: str(getattr(world, name).pk)} if name else {}

    def typed(world):
        return f"{audience}:{getattr(world, name).pk}" if name else audience

    return [
        form("annotations:create", old_paragraph_page, remark_form(audience=typed)),
        call(
            "POST",
            "annotation-list",
            sends=post(audience=audience, **sent),
            names="assignment",
        ),
    ]


ESSAY = [
    page("essays:detail", essay),
    page("essays:list", shows="Who should pay for water?", lists=True),
    call("GET", "essay-detail", essay),
    call("GET", "essay-list", shows="Who should pay for water?", lists=True),
    call("GET", "revision-list", essay),
    call("GET", "revision-detail", first_revision),
    call("GET", "paragraph-list", essay),
    call("GET", "paragraph-detail", paragraph_id),
]
IMPORT = [
    page("essays:import", seminar),
    form("essays:import", seminar, PASTED),
    form("essays:revise", essay),
    page("assignments:create", essay),
    form("assignments:create", essay, SETTING),
    page("assignments:edit", where),
    form("assignments:edit", where, SETTING),
    page("assignments:delete", spare),
    form("assignments:delete", spare),
    form("assignments:close", where),
    page("assignments:template_create", where),
    form("assignments:template_create", where, fixed(name="Two weeks")),
    page("assignments:sides", where),
    form("assignments:sides", where),
]
SET_UP_CALLS = [
    call(
        "POST",
        "assignment-list",
        sends=lambda world: {"essay": str(world.essay.pk), "title": "Again"},
        names="essay",
    ),
    call("PATCH", "assignment-detail", assignment_id, fixed(title="Again")),
    call("DELETE", "assignment-detail", lambda world: [world.spare.pk]),
    call("POST", "assignment-close", assignment_id),
    call("GET", "side-list", assignment_id),
    call("PUT", "side-list", assignment_id, fixed(sides=[])),
    call("POST", "essay-list", sends=to_read, names="seminar"),
    call("POST", "import-list", sends=to_read, names="seminar"),
    call("POST", "import-upload", seminar_id, fixed(text="One paragraph of words.")),
    call(
        "POST",
        "assignment-template-list",
        sends=lambda world: {"assignment": str(world.assignment.pk), "name": "Three weeks"},
        names="assignment",
    ),
]
OWN_IMPORTS = [
    call("GET", "import-list", shows="Rents", lists=True),
    call("GET", "import-detail", draft),
    call("GET", "import-changes", revision_draft),
    call("GET", "assignment-template-detail", template),
]
IMPORT_CALLS = [
    call("PATCH", "import-detail", draft, fixed(title="Wages")),
    call("DELETE", "import-detail", draft),
    call("PUT", "import-text", draft, fixed(text="One paragraph of words.")),
    call("PUT", "import-file", draft, fixed(text="One paragraph of words.")),
    call("POST", "import-undo", draft),
    call("POST", "import-go-on", revision_draft, fixed(base=1)),
    call("POST", "import-finish", draft),
    call("PUT", "import-placement", placement, fixed(choice="orphan")),
    call("DELETE", "import-placement", placement),
    call("POST", "import-publish", revision_draft),
]
KEPT_SET_UPS = [call("DELETE", "assignment-template-detail", template)]
DRAFT = [
    page("essays:import_preview", draft),
    page("essays:import_discard", draft),
    page("essays:import_text", draft),
    page("essays:import_replace", draft),
    form("essays:import_correct", draft, version_of("draft", block=0, operation="leave_out")),
    form("essays:import_text", draft, version_of("draft", text="One paragraph of words.")),
    form("essays:import_replace", draft, upload),
    form("essays:import_undo", draft, version_of("draft")),
    form("essays:import_head", draft, version_of("draft", title="Rents", language="en")),
    form("essays:import_finish", draft, version_of("draft", title="Rents", language="en")),
    form("essays:import_discard", draft),
    page("seminar_confirm", new_draft),
    form(
        "seminar_confirm",
        new_draft,
        version_of("new_draft", title="Housing", time_zone="UTC"),
        to=frozenset({200}),
    ),
    form("seminar_keep", new_draft, fixed(title="Housing")),
    page("assignments:template_delete", template),
    form("assignments:template_delete", template),
    form("essays:go_on", revision_draft, version_of("revision_draft", base=1)),
    page("annotations:publication", revision_draft),
    form("annotations:publication", revision_draft, version_of("revision_draft", note="Shorter.")),
    page("annotations:placement", placement),
    form("annotations:placement", placement, version_of("revision_draft", choice="orphan")),
]
SEMINAR = [
    page("seminar_detail", seminar),
    call("GET", "seminar-detail", seminar_id),
    call("GET", "seminar-list", shows="Water policy", lists=True),
]
ASSIGNMENT = [
    page("annotations:reading", where),
    page("live:changes", where),
    page("live:stream", where, to=frozenset({204})),
    page("annotations:revision", paragraph_page),
    page("annotations:paragraph", paragraph_page),
    page("annotations:revision_paragraph", old_paragraph_page),
    call("GET", "assignment-detail", assignment_id),
    call("GET", "assignment-list", shows="Who should pay?", lists=True),
    web("GET", "container", assignment_id),
]
NAMED = [
    page("annotations:detail", note, shows=NAME_MARK, lists=True),
    page("annotations:reading", where, shows=NAME_MARK, lists=True),
    page("annotations:paragraph", paragraph_page, shows=NAME_MARK, lists=True),
    call("GET", "annotation-detail", note, shows=NAME_MARK, lists=True),
    call("GET", "annotation-list", shows=NAME_MARK, lists=True),
    call("GET", "change-list", query="?limit=200", shows=NAME_MARK, lists=True),
    call("GET", "evidence-list", shows=NAME_MARK, lists=True),
    page("annotations:map", where, shows=NAME_MARK, lists=True),
    page("annotations:map_outline", where, shows=NAME_MARK, lists=True),
    page("annotations:claim", claim, shows=NAME_MARK, lists=True),
    call("GET", "graph", assignment_id, shows=NAME_MARK, lists=True),
    page("annotations:flow", where, shows=NAME_MARK, lists=True),
    page("annotations:open_items", where, query="?show=evidence", shows=NAME_MARK, lists=True),
    page("annotations:brief", where, shows=NAME_MARK, lists=True),
    page("annotations:evidence", where, shows=NAME_MARK, lists=True),
    page("annotations:evidence_export", as_table, shows=NAME_MARK, lists=True),
]

# -- the rows --------------------------------------------------------------------------------------

READING_AND_WRITING = {
    "E1": (as_it_is, ESSAY),
    "E2": (public, ESSAY),
    "E3": (as_it_is, IMPORT),
    "E4": (as_it_is, DRAFT),
    "E5": (as_it_is, SET_UP_CALLS),
    "E6": (as_it_is, OWN_IMPORTS),
    "E7": (as_it_is, IMPORT_CALLS),
    "E8": (as_it_is, KEPT_SET_UPS),
    "S1": (as_it_is, SEMINAR),
    "S2": (as_it_is, ASSIGNMENT),
    "S3": (set_to_group, ASSIGNMENT),
    "S4": (public, ASSIGNMENT),
    "S5": (
        together(public, instructed, written(audience="private")),
        [
            page("annotations:reading", where, shows=f"{MARK} first", lists=True),
            call("GET", "assignment-detail", assignment_id, shows=f"{MARK} first", lists=True),
            call("GET", "assignment-list", shows=f"{MARK} first", lists=True),
        ],
    ),
    "R1": (as_it_is, READ_EVERYWHERE),
    "R2": (for_group, READ_EVERYWHERE),
    "R3": (written(audience=Audience.STAFF), READ),
    "R4": (
        as_it_is,
        [
            page("annotations:detail", remark),
            page("annotations:reading", where, shows="Okapi", lists=True),
            call("GET", "annotation-detail", remark),
            call("GET", "annotation-list", shows="Okapi", lists=True),
        ],
    ),
    "R5": (written(audience=Audience.PRIVATE), [*READ, *PASSAGES]),
    "R6": (public, READ),
    "R7": (together(public, seminar_stays_closed), READ),
    "R8": (together(public, essay_stays_closed), READ),
    "R9": (written(status=Status.PENDING), READ),
    "R10": (written(status=Status.HELD), READ),
    "R11": (written(status=Status.HIDDEN), READ_EVERYWHERE),
    "R12": (withdrawn, READ_ONE),
    "R13": (together(for_group, withdrawn), READ_ONE),
    "R14": (blind, READ_EVERYWHERE),
    "R15": (blind_until_one_has_posted, READ),
    "R16": (ended, READ),
    "R17": (written(audience=Audience.STAFF, is_late=True), READ),
    "R18": (set_to_group, READ),
    "R19": (together(public, blind), READ),
    "R20": (under_pseudonym, NAMED),
    "R21": (as_it_is, READ_REPLY),
    "R22": (for_group, READ_REPLY),
    "R23": (as_it_is, HISTORY),
    "R24": (for_group, HISTORY),
    "B1": (as_it_is, [*MAP, call("GET", "labels", assignment_id)]),
    "B2": (for_group, MAP),
    "B3": (written(audience=Audience.PRIVATE), MAP),
    "B4": (as_it_is, FLOW),
    "B5": (for_group, FLOW),
    "B6": (written(audience=Audience.PRIVATE), FLOW),
    "B7": (
        as_it_is,
        [
            page("annotations:flow_xlsx", where),
            page("annotations:concessions", where),
            page("annotations:evidence_cards", where),
        ],
    ),
    "C1": (as_it_is, [*SOURCES, *PASSAGES]),
    "C2": (for_group, [*SOURCES, *PASSAGES]),
    "C3": (written(audience=Audience.PRIVATE), SOURCES),
    "C4": (as_it_is, SHELVING),
    "C5": (described, DESCRIBING),
    "C10": (described, [call("GET", "source-found", source)]),
    "C6": (standing_twice, MERGING),
    "C7": (staff_elsewhere, COPYING),
    "C8": (as_it_is, CHECKING),
    "C9": (as_it_is, RELYING),
    "W1": (as_it_is, POST),
    "W2": (unopened, POST_ONLY),
    "W3": (closed, POST_ONLY),
    "W4": (archived, POST),
    "W5": (set_to_group, POST),
    "W6": (as_it_is, written_for("group", group="group")),
    "W7": (as_it_is, written_for("group", group="section")),
    "W8": (public, written_for("public")),
    "W9": (as_it_is, written_for("public")),
    "W10": (as_it_is, REPLY_WAYS),
    "W11": (for_group, REPLY_WAYS),
    "W12": (written(audience=Audience.STAFF), REPLY_WAYS),
    "W13": (written(audience=Audience.PRIVATE), REPLY_WAYS),
    "W14": (written(status=Status.HIDDEN), REPLY_WAYS[:2]),
    "W15": (locked, REPLY_WAYS[:2]),
    "W16": (as_it_is, CHANGE),
    "W17": (for_group, CHANGE),
    "W18": (closed, CHANGE_ONLY),
    "W19": (archived, CHANGE),
    "W20": (withdrawn, [*CHANGE[:1], *CHANGE[2:3], CHANGE[4]]),
    "W21": (
        as_it_is,
        [
            call("PATCH", "annotation-detail", note, fixed(**{name: value}))
            for name, value in {
                "author": str(UUID(int=2)),
                "seminar": str(UUID(int=2)),
                "audience": "public",
                "status": "published",
                "created_at": "2020-01-01T00:00:00Z",
                "round": None,
                "alias": None,
                "is_answer": True,
                "pinned_at": None,
            }.items()
        ],
    ),
    "W22": (as_it_is, PLACING),
    "W23": (for_group, PLACING),
    "W24": (as_it_is, ANSWERING),
    "W25": (for_group, ANSWERING),
    "A1": (
        as_it_is,
        [
            page("accounts:profile"),
            form(
                "accounts:reading",
                sends=fixed(
                    theme="dark",
                    face="serif",
                    text_size=3,
                    spacing="normal",
                    highlights="all",
                    motion="system",
                    announcements="all",
                ),
            ),
            page("assignments:template_list"),
            form("accounts:profile", sends=fixed(name="Ada", time_zone="UTC")),
            call("PATCH", "me", sends=fixed(name="Ada")),
            call("GET", "token-list"),
            page("accounts:token_list"),
            page("accounts:token_create"),
            form(
                "accounts:token_create",
                sends=fixed(name="notebook", scopes=["read"], days=30),
                to=frozenset({200}),
            ),
        ],
    ),
    "A2": (as_it_is, [call("GET", "me"), call("GET", "assignment-template-list")]),
    "A3": (
        as_it_is,
        [
            page("accounts:token_revoke", token),
            form("accounts:token_revoke", token),
            call("GET", "token-detail", token),
            call("DELETE", "token-detail", token),
        ],
    ),
    "X1": (
        as_it_is,
        [
            page("docs"),
            page("docs_page", fixed(name="permissions")),
            page("api_root"),
            page("api_docs"),
            page("api_errors"),
            page("api_try"),
            call("GET", "root"),
            call("GET", "schema"),
            call("GET", "preset-list"),
            page("exchange:schema"),
            page("terms"),
        ],
    ),
    "X2": (as_it_is, [page("healthz"), page("readyz"), page("robots"), page("favicon")]),
    "X3": (
        as_it_is,
        [
            page("home"),
            page("essays:list"),
            page("annotations:search"),
            call("GET", "essay-list"),
            call("GET", "seminar-list"),
            call("GET", "assignment-list"),
            call("GET", "annotation-list"),
            call("GET", "evidence-list"),
            call("GET", "source-list"),
            call("GET", "passage-list"),
            call("GET", "change-list"),
            call("GET", "change-stream", to=frozenset({204})),
        ],
    ),
    "X4": (as_it_is, [form("demo_entry", sends=fixed(username="author"))]),
    "X5": (as_it_is, [page("admin:accounts_user_changelist")]),
}
