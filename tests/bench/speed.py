"""How fast the API is beside bare SQL and the usual frameworks: `python -m tests.bench.speed`.

An essay with 10,000 annotations, and 20,000 more in 50 seminars; with BENCH=full 1,000,000 on one
essay, and 1,000,000 more in 500 seminars. BENCH_DATA names a folder whose database stays, so that the
next run finds what this one wrote. One web process as the site has them is asked over one
connection, and another that serves the baselines. In each round every target has its turn, and none is
timed before the number of its results is right. "SQL only" is the statement of the wire, with what
the person may see in it, asked by bare psycopg. Prints medians, ratios, the CPU of a request (web
process and database together) and the memory of the web process, beside the limits.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from tests.bench import building
from tests.bench.ears import ears
from tests.bench.serving import Backends, cpu_of, forget_peak, memory_of, served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FULL = os.environ.get("BENCH") == "full"
LARGE = 1_000_000 if FULL else 20_000
SEMINARS = 500 if FULL else 50
SIZES = (1_000, 10_000, 100_000, 1_000_000) if FULL else (1_000, 10_000)
LISTENERS = 500
POSTS = 8
WARMING = 72
"""Posts by which the server has planned on each of its connections what comes again."""
NOTES = 10_000
CHANGED = 100
PAGE_NOTES = 5_000
ROUNDS = 15
WRITERS = 4
BATCH = 100


def say(line: str = "") -> None:
    """A line of the report."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Site:
    """The served site, one kept connection to it, and what it costs."""

    port: int
    pid: int
    backends: Backends
    connection: Any = None

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def get(self, path: str, headers: dict[str, str], *, status: int = 200) -> bytes:
        """The body of the answer, which has to have that status."""
        return self._body(self.ask("GET", path, headers), path, status)

    def post(self, path: str, headers: dict[str, str], body: Any, *, status: int = 201) -> bytes:
        """The body of the answer to a creation."""
        headers = headers | {"Content-Type": "application/json"}
        return self._body(self.ask("POST", path, headers, json.dumps(body)), path, status)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Any:
        """The answer, of which nothing is read yet; the server may have closed what it kept."""
        try:
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()
        except ConnectionError:
            self.connection.close()
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()

    def _body(self, answer: Any, path: str, status: int) -> bytes:
        body: bytes = answer.read()
        if answer.status != status:
            raise SystemExit(f"{path}: {answer.status} {body[:500]!r}")
        return body

    def cpu(self) -> float:
        """Seconds that web process, database and this process have been on a processor."""
        return cpu_of(self.pid) + self.backends.cpu() + time.process_time()


@dataclass
class Target:
    """Something that does the work, with what it took each time."""

    name: str
    do: Callable[[], Any]
    count: Callable[[Any], int] | None = None
    of: Site | None = None
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def ms(self) -> float:
        """The median of what it took."""
        return 1000 * median(self.seconds)


def turns(site: Site, title: str, wanted: int, targets: Sequence[Target], *, rounds: int) -> None:
    """Let the targets take turns, once their results are counted; a line for each."""
    for one in targets:
        # The server plans what comes again once for all; the baselines have nothing prepared.
        for _ in range(3 if one.name in {"ours", "SQL only"} else 1):
            found = one.do()
        if one.count and one.count(found) != wanted:
            raise SystemExit(f"{title}, {one.name}: {one.count(found)} results, not {wanted}")
    for _ in range(rounds):
        for one in targets:
            where = one.of or site
            before, began = where.cpu(), time.perf_counter()
            one.do()
            one.seconds.append(time.perf_counter() - began)
            one.cpu += where.cpu() - before
    say(f"\n{title} ({wanted:,} results)")
    base = targets[0].ms
    for one in targets:
        cpu = 1000 * one.cpu / rounds
        say(f"  {one.name:<28}{one.ms:>10.2f} ms{one.ms / base:>8.2f} ×{cpu:>10.2f} ms of CPU")


@dataclass
class Bench:
    """What all measures share: the site, the essay, a student, a bare connection.

    `beside` is another web process, which serves the baselines: what they leave in the memory of a
    process is not ours.
    """

    site: Site
    beside: Site
    assignment: Any
    student: Any
    headers: dict[str, str]
    sql: Any
    limits: list[tuple[str, str, str]] = field(default_factory=list)

    def hold(self, what: str, limit: str, reached: str) -> None:
        """Note what was reached beside its limit."""
        self.limits.append((what, limit, reached))

    @property
    def base(self) -> str:
        """Scheme and host of the addresses in an annotation."""
        return f"http://127.0.0.1:{self.site.port}"

    def baselines(self, address: str) -> list[Target]:
        """The usual frameworks, asked for what stands at that address."""
        named = {"usual DRF": "usual", "django-ninja": "ninja"}
        return [
            Target(
                name,
                partial(self.beside.get, f"/{base}/{address}", self.headers),
                results,
                self.beside,
            )
            for name, base in named.items()
        ]

    def wires(self, assignment: Any = None) -> Any:
        """The rows of the wire that the student reads, as the list and the export ask for them."""
        from annotations.models import Annotation  # noqa: PLC0415 - after the set-up

        rows = Annotation.objects.visible_to(self.student).with_wire(self.student, base=self.base)
        given = assignment or self.assignment
        return rows.filter(assignment=given).exclude(status="withdrawn").order_by("pk")

    def asked(self, rows: Any) -> Callable[[], list[tuple[str]]]:
        """Ask the statement of the rows by bare psycopg, which prepares it."""
        text, params = rows.values_list("wire").query.sql_with_params()
        return lambda: self.sql.execute(text, params, prepare=True).fetchall()

    def copied(self, rows: Any) -> Callable[[], bytes]:
        """Copy the rows out, without any quoting."""
        from psycopg import ClientCursor  # noqa: PLC0415 - as above

        text, params = rows.values_list("wire").query.sql_with_params()
        whole = ClientCursor(self.sql).mogrify(text, params)
        asked = f"COPY ({whole}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"

        def copy() -> bytes:
            with self.sql.cursor() as cursor, cursor.copy(asked) as lines:
                return b"".join(lines)

        return copy


def results(body: bytes) -> int:
    """How many an answer lists."""
    told = json.loads(body)
    listed = told if isinstance(told, list) else told.get("results", told.get("items"))
    return len(listed)


# --- W1 to W4 ------------------------------------------------------------------------------------


def export(bench: Bench) -> None:
    """W1: all annotations of an essay, and once more when nothing has changed."""
    site, given = bench.site, bench.assignment.pk
    path = f"/api/v1/assignments/{given}/export/?format=ndjson"
    wanted = bench.wires().count()
    ours = Target("ours", lambda: site.get(path, bench.headers), lambda body: body.count(b"\n") - 1)
    bare = Target("SQL only", bench.copied(bench.wires()), lambda body: body.count(b"\n"))
    usual, ninja = bench.baselines(f"export/?assignment={given}")
    turns(site, "W1 export", wanted, [bare, ours, usual, ninja], rounds=3)
    first = []
    for _ in range(9):
        began = time.perf_counter()
        answer = site.ask("GET", path, bench.headers)
        answer.read(1)
        first.append(time.perf_counter() - began)
        answer.read()
    tagged = bench.headers | {"If-None-Match": answer.headers["ETag"]}
    unchanged = Target("ours, unchanged", lambda: site.get(path, tagged, status=304))
    turns(site, "W1 unchanged", 0, [unchanged], rounds=40)
    bench.hold("export, to SQL only", "1.3 ×", f"{ours.ms / bare.ms:.2f} ×")
    bench.hold("export, usual DRF to ours", "10 ×", f"{usual.ms / ours.ms:.1f} ×")
    bench.hold("export, first byte", "10 ms", f"{1000 * median(first):.1f} ms")
    bench.hold("export, unchanged", "1.5 ms", f"{unchanged.ms:.2f} ms")


def page(bench: Bench) -> None:
    """W2: a page of 100."""
    site, given = bench.site, bench.assignment.pk
    ours = Target(
        "ours",
        lambda: site.get(f"/api/v1/annotations/?assignment={given}&limit=100", bench.headers),
        results,
    )
    bare = Target("SQL only", bench.asked(bench.wires()[:100]), len)
    usual, ninja = bench.baselines(f"?assignment={given}")
    # Planned for an assignment of usual size, a page of a large one would be of all, sorted.
    bench.sql.execute("SET enable_sort = off")
    turns(site, "W2 page of 100", 100, [bare, ours, usual, ninja], rounds=2 * ROUNDS)
    bench.sql.execute("RESET enable_sort")
    bench.hold("page of 100, to SQL only", "2 ×", f"{ours.ms / bare.ms:.2f} ×")
    bench.hold("page of 100, CPU to SQL only", "2 ×", f"{ours.cpu / bare.cpu:.2f} ×")
    bench.hold("page of 100, usual DRF to ours", "10 ×", f"{usual.ms / ours.ms:.1f} ×")
    bench.hold("page of 100, CPU of usual DRF", "10 ×", f"{usual.cpu / ours.cpu:.1f} ×")


_CHANGE = """
    WITH chosen AS (
      SELECT id, row_number() OVER (ORDER BY id) AS nth FROM annotations_annotation
      WHERE assignment_id = %(assignment)s AND status = 'published' AND audience = 'seminar'
        AND parent_id IS NULL ORDER BY id LIMIT %(count)s
    ), changed AS (
      UPDATE annotations_annotation AS one SET version = version + 1, updated_at = now()
      FROM chosen WHERE one.id = chosen.id RETURNING one.*, nth
    ), lines AS (
      INSERT INTO annotations_change (assignment_id, counter, type, object_id, op, version, at,
        author_id, round_id, status_before, status_after, audience_before, audience_after)
      SELECT assignment_id, change_counter + nth, 'annotation', changed.id, 'update',
        version, now(), author_id, round_id, status, status, audience, audience
      FROM changed JOIN assignments_assignment AS home ON home.id = assignment_id
    )
    UPDATE assignments_assignment SET change_counter = change_counter + %(count)s
    WHERE id = %(assignment)s
"""


def changed(bench: Bench) -> None:
    """W3: what changed since a cursor, one in a hundred."""
    from django.utils import timezone  # noqa: PLC0415 - after the set-up

    from annotations.models import Change  # noqa: PLC0415 - as above
    from annotations.queries.feed import feed_cursor  # noqa: PLC0415 - as above

    site, given = bench.site, bench.assignment.pk
    feed = f"/api/v1/assignments/{given}/changes/"
    site.get(f"{feed}?limit=1", bench.headers)  # the first reader gives the lines their numbers
    cursor, then = feed_cursor(bench.student, [bench.assignment]), timezone.now()
    bench.assignment.refresh_from_db()
    known = bench.assignment.change_counter
    bench.sql.execute(_CHANGE, {"assignment": given, "count": CHANGED})
    lines = Change.objects.filter(assignment=given, counter__gt=known)
    rows = bench.wires().filter(pk__in=lines.values("object_id"))
    since = then.isoformat().replace("+00:00", "Z")
    ours = Target(
        "ours", lambda: site.get(f"{feed}?limit=100&since={cursor}", bench.headers), results
    )
    bare = Target("SQL only", bench.asked(rows), len)
    usual, ninja = bench.baselines(f"?assignment={given}&since={since}")
    turns(site, "W3 changed since", CHANGED, [bare, ours, usual, ninja], rounds=ROUNDS)
    bench.hold("changed since, to SQL only", "2.2 ×", f"{ours.ms / bare.ms:.2f} ×")


_CREATE = (
    (
        "UPDATE assignments_assignment SET change_counter = change_counter + 1 WHERE id = %(assignment)s"
        " RETURNING change_counter"
    ),
    (
        "INSERT INTO annotations_annotation (id, created_at, updated_at, assignment_id, round_id,"
        " author_id, kind, body, body_html, depth, audience, status, status_reason, is_late,"
        " published_at, tags, is_answer, attacks, counterclaim, stance, warrant, version, search)"
        " VALUES (gen_random_uuid(), now(), now(), %(assignment)s, %(round)s, %(author)s, 'comment',"
        " %(body)s, %(body)s, 0, 'seminar', 'published', '', false, now(), '{harms}', false, '', '',"
        " '', '', 1, setweight(to_tsvector('english', %(body)s), 'B')) RETURNING id"
    ),
    (
        "INSERT INTO annotations_anchor (annotation_id, revision_id, position, paragraph_id, prefix,"
        " suffix, state, confidence) VALUES (%(id)s, %(revision)s, 0, %(paragraph)s, '', '', 'created', 1)"
    ),
    (
        "INSERT INTO annotations_annotationversion (annotation_id, version, kind, status, body, details,"
        " by_id, at) VALUES (%(id)s, 1, 'comment', 'published', %(body)s, '{}', %(author)s, now())"
    ),
    (
        "INSERT INTO annotations_change (assignment_id, counter, type, object_id, op, version, at,"
        " author_id, round_id, status_before, status_after, audience_before, audience_after)"
        " VALUES (%(assignment)s, %(counter)s, 'annotation', %(id)s, 'create', 1, now(), %(author)s,"
        " %(round)s, '', 'published', '', 'seminar')"
    ),
    "SELECT pg_notify('bench', %(id)s::text)",
)


def create(bench: Bench) -> None:
    """W4: create one, durably; one after the other, as many at once as there are writers, in batches."""
    site, given = bench.site, bench.assignment
    paragraph = given.revision.paragraphs.order_by("position").first()
    body = {
        "assignment": str(given.pk),
        "paragraph": str(paragraph.pk),
        "kind": "comment",
        "body": "Prices tell people what water costs, and who pays.",
        "tags": ["harms"],
    }
    said = {
        "assignment": given.pk,
        "round": given.rounds.get().pk,
        "author": bench.student.pk,
        "revision": given.revision_id,
        "paragraph": paragraph.pk,
        "body": body["body"],
    }
    last = bench.wires()

    def insert() -> str:
        with bench.sql.transaction():
            (said["counter"],) = bench.sql.execute(_CREATE[0], said, prepare=True).fetchone()
            (said["id"],) = bench.sql.execute(_CREATE[1], said, prepare=True).fetchone()
            for one in _CREATE[2:]:
                bench.sql.execute(one, said, prepare=True)
        text, params = last.filter(pk=said["id"]).values_list("wire").query.sql_with_params()
        ((wire,),) = bench.sql.execute(text, params, prepare=True).fetchall()
        return str(wire)

    ours = Target("ours", lambda: site.post("/api/v1/annotations/", bench.headers, body))
    bare = Target("SQL only", insert)
    usual = Target(
        "usual DRF", lambda: bench.beside.post("/usual/", bench.headers, body), of=bench.beside
    )
    turns(site, "W4 create", 1, [bare, ours, usual], rounds=40)
    rate = _rate(bench, body)
    say(f"  ours, {WRITERS} at once on one essay: {rate:.0f} a second")
    bench.hold("create, CPU to SQL only", "5 ×", f"{ours.cpu / bare.cpu:.1f} ×")
    bench.hold("create, usual DRF to ours", "2.5 ×", f"{usual.ms / ours.ms:.2f} ×")
    bench.hold("create, CPU of usual DRF", "2.5 ×", f"{usual.cpu / ours.cpu:.2f} ×")
    bench.hold("create, on one essay", "700/s", f"{rate:.0f}/s")
    items = {"items": [{"create": body}] * BATCH}
    path = "/api/v1/annotations/batch/"
    batch = Target("ours", lambda: site.post(path, bench.headers, items, status=200), _created)
    turns(site, "W4 create in a batch", BATCH, [batch], rounds=ROUNDS)
    bench.hold("create in a batch, each", "0.3 ms", f"{batch.ms / BATCH:.2f} ms")
    bench.hold("create in batches, by one client", "700/s", f"{1000 * BATCH / batch.ms:.0f}/s")


def _created(body: bytes) -> int:
    """How many items of a batch were created."""
    return sum(one["status"] == 201 for one in json.loads(body)["results"])


def _rate(bench: Bench, body: Any) -> float:
    """How many a second are created by several clients at once."""
    each = 60

    def write() -> None:
        client = Site(bench.site.port, bench.site.pid, bench.site.backends)
        for _ in range(each):
            client.post("/api/v1/annotations/", bench.headers, body)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    began = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return WRITERS * each / (time.perf_counter() - began)


# --- W5 to W8 ------------------------------------------------------------------------------------


def search(bench: Bench, seminars: Sequence[Any]) -> None:
    """W5: words among many annotations, for a member of three seminars and for an operator."""
    from debate.accounts.models import User  # noqa: PLC0415 - after the set-up
    from debate.seminars.models import Membership  # noqa: PLC0415 - as above

    member, _ = User.objects.get_or_create(username="member-of-three", password="!")
    operator, _ = User.objects.get_or_create(
        username="bench-operator", password="!", is_staff=True, is_superuser=True
    )
    teacher, _ = User.objects.get_or_create(username="teacher-of-all", password="!")
    members = [(member, one, "student") for one in seminars[10:13]]
    members += [(teacher, one, "instructor") for one in seminars]
    Membership.objects.bulk_create(
        [Membership(user=who, seminar=one.seminar, role=role) for who, one, role in members],
        ignore_conflicts=True,
    )
    words = {"rare": building.RARE, "common": building.COMMON, "pair": building.PAIR}
    say(f"\nW5 search among {LARGE + bench.wires().count():,}")
    for who, person in (
        ("member of 3", member),
        ("operator", operator),
        ("teacher of all", teacher),
    ):
        headers = token_of(person)
        for what, asked in words.items():
            path = f"/api/v1/annotations/?limit=50&q={asked.replace(' ', '+')}"
            one = Target("ours", partial(bench.site.get, path, headers))
            for _ in range(8):  # a plan for any words is made after five that were for some
                found = results(one.do())
            before = cpu_of(bench.site.pid), bench.site.backends.cpu()
            for _ in range(ROUNDS):
                began = time.perf_counter()
                one.do()
                one.seconds.append(time.perf_counter() - began)
            after = cpu_of(bench.site.pid), bench.site.backends.cpu()
            web, base = (
                1000 * (now - then) / ROUNDS for then, now in zip(before, after, strict=True)
            )
            say(
                f"  {who:<16}{what:<8}{one.ms:>8.2f} ms{web:>9.2f} ms of CPU, and{base:>8.2f} of the"
                f" database{found:>5}"
            )
            limit = "3 ms" if what == "rare" else "25 ms of CPU"
            spent = f"{web + base:.1f} ms of CPU"
            reached = f"{one.ms:.1f} ms" if what == "rare" else spent
            bench.hold(f"search, {who}, {what}", limit, reached)


def reading(bench: Bench) -> None:
    """W6: the page of an essay with 5,000 annotations."""
    essay = building.essay_with(PAGE_NOTES, series=0x01A0)
    essay.essay.is_public = essay.seminar.allows_public = True
    essay.essay.save()
    essay.seminar.save()
    student = essay.seminar.members.order_by("pk").first()
    path = essay.get_absolute_url()
    headers = _with_secret(bench, path, session_of(student))
    page = Target("ours", lambda: bench.site.get(path, headers))
    turns(bench.site, f"W6 page of an essay with {PAGE_NOTES:,}", 1, [page], rounds=ROUNDS)
    bench.hold("essay page", "60 ms", f"{page.ms:.1f} ms")
    for who, asked in (("signed in", headers), ("visitor", {})):
        tag = _tag_of(bench, path, asked)
        if not tag:
            bench.hold(f"essay page unchanged, {who}", "3 ms", "none")
            continue
        again = asked | {"If-None-Match": tag}
        same = Target(who, partial(bench.site.get, path, again, status=304))
        turns(bench.site, f"W6 unchanged, {who}", 0, [same], rounds=40)
        bench.hold(f"essay page unchanged, {who}", "3 ms", f"{same.ms:.2f} ms")


def _with_secret(bench: Bench, path: str, headers: dict[str, str]) -> dict[str, str]:
    """The headers, with the cookie of the forms' secret that a browser keeps from its first page."""
    answer = bench.site.ask("GET", path, headers)
    answer.read()
    secret = answer.headers["Set-Cookie"].partition(";")[0]
    return headers | {"Cookie": f"{headers['Cookie']}; {secret}"}


def _tag_of(bench: Bench, path: str, headers: dict[str, str]) -> str:
    answer = bench.site.ask("GET", path, headers)
    answer.read()
    return answer.headers.get("ETag", "") if answer.status == 200 else ""


def listening(bench: Bench) -> None:
    """W7: 500 pages hear that something was posted."""
    from django.urls import reverse  # noqa: PLC0415 - after the set-up

    essay = building.essay_with(200, series=0x01A1)
    people = _crowd(essay, LISTENERS)
    place = [essay.seminar.slug, essay.slug]
    stream = reverse("live:stream", args=place)
    paragraph: Any = essay.revision.paragraphs.order_by("position").first()
    body = {
        "assignment": str(essay.pk),
        "paragraph": str(paragraph.pk),
        "kind": "comment",
        "body": "Heard by all.",
    }
    author = token_of(people[0])
    told: list[float] = []
    acknowledged: list[float] = []
    missed = doubled = 0
    with ears(bench.site.port, stream, [session_of(one) for one in people]) as heard:
        for _ in range(WARMING):
            bench.site.post("/api/v1/annotations/", author, body)
        time.sleep(1.5)
        heard()
        for _ in range(POSTS):
            moment = time.perf_counter()
            bench.site.post("/api/v1/annotations/", author, body)
            acknowledged.append(time.perf_counter() - moment)
            time.sleep(1.5)
            each = heard()
            missed += sum(not times for times in each)
            doubled += sum(len(times) > 1 for times in each)
            told += [times[0] - moment for times in each if times]
    at = [1000 * one for one in quantiles(told, n=100)]
    took = 1000 * median(acknowledged)
    say(f"\nW7 {LISTENERS} listeners, {POSTS} posts: {missed} not heard, {doubled} more than once")
    say(f"  told after {at[49]:.1f} ms (p50), {at[98]:.1f} (p99); acknowledged after {took:.1f} ms")
    bench.hold("500 listeners, not heard once", "0", str(missed + doubled))
    bench.hold("500 listeners, p50", "20 ms", f"{at[49]:.1f} ms")
    bench.hold("500 listeners, p99", "50 ms", f"{at[98]:.1f} ms")
    bench.hold("500 listeners, acknowledged", "10 ms", f"{took:.1f} ms")


def _crowd(essay: Any, count: int) -> list[Any]:
    from debate.accounts.models import User  # noqa: PLC0415 - after the set-up
    from debate.seminars.models import Membership  # noqa: PLC0415 - as above

    people = User.objects.bulk_create(
        User(username=f"listener-{number}", password="!") for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(seminar=essay.seminar, user=one, role="student") for one in people
    )
    return list(people)


def growth(bench: Bench) -> None:
    """W8: exports of ever more annotations: CPU of each, and the memory of the web process."""
    say("\nW8 growth")
    costs = []
    for number, size in enumerate(SIZES):
        essay = building.essay_with(size, series=0x01B0 + number)
        headers = token_of(essay.seminar.members.order_by("pk").first())
        path = f"/api/v1/assignments/{essay.pk}/export/?format=ndjson"
        for _ in range(4 if size < NOTES * 10 else 1):  # the server plans what comes again
            bench.site.get(path, headers)
        idle = memory_of(bench.site.pid)
        forget_peak(bench.site.pid)
        times = max(1, 10_000 // size)
        before = cpu_of(bench.site.pid) + bench.site.backends.cpu()
        lines = 0
        for _ in range(times):
            answer = bench.site.ask("GET", path, headers)
            while piece := answer.read(1 << 20):
                lines += piece.count(b"\n")
        spent = cpu_of(bench.site.pid) + bench.site.backends.cpu() - before
        each = 1e6 * spent / (lines - times)
        more = memory_of(bench.site.pid, "VmHWM") - idle
        costs.append(each)
        say(f"  {size:>9,}: {each:>6.1f} us of CPU each, {idle:.0f} MiB and {more:.1f} more")
        bench.hold(f"memory, export of {size:,}", "10 MiB more", f"{more:.1f} MiB")
    bench.hold("growth of CPU each", "20 %", f"{100 * (max(costs) / min(costs) - 1):.0f} %")


# --- the whole -----------------------------------------------------------------------------------


def token_of(person: Any) -> dict[str, str]:
    """The header of a token of the person's."""
    from debate.accounts.actions import create_token  # noqa: PLC0415 - after the set-up

    _, secret = create_token(actor=person, name="bench", scopes=("read", "write"))
    return {"Authorization": f"Bearer {secret}"}


def session_of(person: Any) -> dict[str, str]:
    """The cookie of a session of the person's."""
    from tests.annotations.live.server import cookie_of  # noqa: PLC0415 - after the set-up

    return dict(cookie_of(person))


MEASURES = ("export", "page", "changed", "create", "search", "reading", "listening", "growth")


def measure(data: Path, wanted: Sequence[str]) -> None:
    """Build, serve, measure what is wanted, and print the limits beside what was reached."""
    import psycopg  # noqa: PLC0415 - after the set-up
    from django.db import connection  # noqa: PLC0415 - as above

    from debate.core.staticfiles import collect_if_changed  # noqa: PLC0415 - as above

    began = time.monotonic()
    assignment = building.essay_with(NOTES)
    seminars = building.many_seminars(SEMINARS, LARGE) if "search" in wanted else []
    say(f"Built in {time.monotonic() - began:.0f} s; load average {os.getloadavg()[0]:.1f}")
    student = assignment.seminar.members.order_by("pk").first()
    given = connection.get_connection_params()
    names = {name: given[name] for name in ("dbname", "user", "host", "port") if name in given}
    collect_if_changed()  # before two processes do it at the same time
    bare = psycopg.connect(**names, autocommit=True)
    with served(data) as ours, served(data) as others, bare as sql:
        sql.execute("SET plan_cache_mode = force_generic_plan")
        site, beside = (Site(port, pid, Backends(data)) for port, pid in (ours, others))
        bench = Bench(site, beside, assignment, student, token_of(student), sql)
        for name in wanted:
            given_to = (bench, seminars) if name == "search" else (bench,)
            globals()[name](*given_to)
    say(f"\nLoad average {os.getloadavg()[0]:.1f}")
    say(f"{'':<40}{'limit':>14}{'reached':>14}")
    for what, limit, reached in bench.limits:
        say(f"{what:<40}{limit:>14}{reached:>14}")


def main() -> None:
    """Measure what is named on the command line, else all."""
    wanted = [one for one in MEASURES if one in sys.argv[1:]] or list(MEASURES)
    kept = os.environ.get("BENCH_DATA")
    with building.prepared(Path(kept) if kept else None) as data:
        measure(data, wanted)


if __name__ == "__main__":
    main()
