"""What programs do that only pages did before: addresses, and rows of the matrix."""

from annotations.grading.forms.bulk import signed
from tests.factories.grading import RemarkFactory
from tests.site.fairness import disagreed
from tests.site.matrix import as_it_is, assignment_id, call, fixed, seminar_id
from tests.site.releases import SCORE, released

ROSTER = {"text": "email\nnew@example.org"}
TABLE = {"text": "Username,Grade\nnobody,\n"}
# What the tables of test_urls send; keys of criteria and levels that no rubric has, a
# marker who is nobody, and no note.
NOBODY = "01970000-0000-7000-8000-000000000026"
JSON = {
    "POST:api:collect": {},
    "POST:api:work-take-in": {},
    "PUT:api:work-lease": {"role": "first"},
    "POST:api:split": {"markers": [NOBODY]},
    "POST:api:levels": {"criterion": NOBODY, "level": NOBODY, "works": []},
    "POST:api:levels-take-back": {"note": "x"},
    "POST:api:remark-list": {"text": "Name your source."},
    "PATCH:api:remark-detail": {"is_shared": False},
    "POST:api:remark-use": {},
    "POST:api:gradebook-fill": TABLE,
    "POST:api:roster": ROSTER,
    "POST:api:group-draw": {"count": 2},
    "POST:api:receipt-send": {},
    "POST:api:preview": {"body": "So."},
    "POST:api:import-upload": {"text": "One paragraph of words."},
    "PUT:api:import-file": {"text": "One paragraph of words."},
}
OF_MARKING = (
    "POST:api:collect", "POST:api:work-take-in", "PUT:api:work-lease", "DELETE:api:work-lease",
    "POST:api:split", "POST:api:levels", "POST:api:levels-take-back", "GET:api:remark-list",
    "POST:api:remark-list", "GET:api:remark-detail", "PATCH:api:remark-detail",
    "DELETE:api:remark-detail", "POST:api:remark-use", "GET:api:participation",
)  # fmt: skip
OF_GRADES = ("GET:api:seminar-gradebook", "POST:api:gradebook-fill", "GET:api:me-export-grades")
OF_PEOPLE = (
    "GET:api:roster", "POST:api:roster", "GET:api:expected-list", "GET:api:expected-detail",
    "DELETE:api:expected-detail", "POST:api:group-draw", "POST:api:import-upload",
    "PUT:api:import-file",
)  # fmt: skip
SCOPES = (
    dict.fromkeys(OF_MARKING, ("marks:read", "marks:write"))
    | dict.fromkeys(OF_GRADES, ("grades:read",))
    | dict.fromkeys(OF_PEOPLE, ("roster:read", "admin"))
)
FOR_SOMEBODY = {
    "api:remark-list", "api:remark-detail", "api:participation", "api:seminar-gradebook",
    "api:me-export-grades", "api:receipt",
}  # fmt: skip


def addresses_of_programs(work, instructor, expected):
    """What stands behind the addresses; the instructor keeps a remark, somebody is expected."""
    seminar = work.assignment.seminar_id
    of_assignment = (
        "collect", "split", "levels", "levels-take-back", "gradebook-fill", "participation",
        "receipt", "receipt-send",
    )  # fmt: skip
    given = {f"api:{name}": [work.assignment_id] for name in of_assignment}
    of_seminar = ("remark-list", "seminar-gradebook", "roster", "expected-list", "group-draw")
    given |= {f"api:{name}": [seminar] for name in of_seminar}
    given |= {f"api:work-{name}": [work.pk] for name in ("take-in", "lease")}
    remark = RemarkFactory(seminar=work.assignment.seminar, owner=instructor, is_shared=True)
    given |= {f"api:remark-{name}": [seminar, remark.pk] for name in ("detail", "use")}
    given["api:expected-detail"] = [seminar, expected.pk]
    return given


def a_work(world):
    return [world.work.pk]


def kept(world):
    """The instructor shares a remark."""
    owner = world.person["instructor"]
    world.remark = RemarkFactory(seminar=world.seminar, owner=owner, is_shared=True)


def a_remark(world):
    return [world.seminar.pk, world.remark.pk]


def somebody_expected(world):
    return [world.seminar.pk, world.expected.pk]


def _keys(world):
    criterion = world.work.assignment.grading_plan.rubric_version.criteria.first()
    return criterion.key, criterion.levels.first().key


def a_level(world):
    criterion, level = _keys(world)
    return {"criterion": str(criterion), "level": str(level), "works": [str(world.work.pk)]}


def to_the_instructor(world):
    return {"markers": [str(world.person["instructor"].pk)]}


def a_note(world):
    return {"note": signed(*_keys(world), [])}


def to_judge(world):
    return {"third_marker": str(world.third.pk)}


ROWS = {
    "H7": (
        as_it_is,
        [
            call("PUT", "work-lease", a_work),
            call("DELETE", "work-lease", a_work),
            call("POST", "work-take-in", a_work),
        ],
    ),
    "H8": (as_it_is, [call("POST", "split", assignment_id, to_the_instructor)]),
    "H26": (
        kept,
        [
            call("GET", "remark-list", seminar_id),
            call("POST", "remark-list", seminar_id, fixed(text="Name your source.")),
            call("GET", "remark-detail", a_remark),
            call("POST", "remark-use", a_remark),
            call("POST", "levels", assignment_id, a_level),
            call("POST", "levels-take-back", assignment_id, a_note),
        ],
    ),
    "H27": (
        kept,
        [
            call("PATCH", "remark-detail", a_remark, fixed(is_shared=False)),
            call("DELETE", "remark-detail", a_remark),
        ],
    ),
    "H77": (as_it_is, [call("GET", "me-export-grades")]),
    "H78": (released, [call("GET", "me-export-grades", shows=SCORE, lists=True)]),
    "H84": (as_it_is, [call("GET", "participation", assignment_id)]),
    "H99": (disagreed, [call("PATCH", "work-detail", a_work, to_judge)]),
    "P17": (
        as_it_is,
        [
            call("GET", "roster", seminar_id),
            call("GET", "expected-list", seminar_id),
            call("GET", "expected-detail", somebody_expected),
        ],
    ),
    "W37": (as_it_is, [call("POST", "preview", sends=fixed(body="So."))]),
    "D9": (as_it_is, [call("GET", "receipt", assignment_id)]),
    "D10": (as_it_is, [call("POST", "receipt-send", assignment_id, to=frozenset({202}))]),
}
# What joins rows of other modules.
COLLECTING = [call("POST", "collect", assignment_id)]
TAKING = [
    call("GET", "seminar-gradebook", seminar_id, shows=SCORE),
    call("POST", "gradebook-fill", assignment_id, fixed(**TABLE), query="?dry_run=1"),
]
ROSTERS = [
    call("POST", "roster", seminar_id, fixed(**ROSTER)),
    call("DELETE", "expected-detail", somebody_expected),
]
DRAWING = [call("POST", "group-draw", seminar_id, fixed(count=2))]
