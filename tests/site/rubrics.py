"""Rubrics and the set-up of grading in the worlds of the site's tests: addresses, and rows of the matrix."""

from tests.site.matrix import as_it_is, assignment_id, call, fixed, form, page, seminar
from tests.site.people import where

TABLE = "criterion,level,points\nClaim,Weak,0\n,Strong,1\n"
STYLE = {"title": "Style", "kind": "range", "points": 4}
# The editor filled in with one criterion.
EDITED = {
    "title": "Mine",
    "criteria": "1",
    "c0-title": "Style",
    "c0-kind": "range",
    "c0-points": "4",
    "c0-weight": "1",
    "c0-levels": "0",
    "act": "publish",
}
# The set-up of grading as it is usual.
SET_UP = {
    "marking_mode": "single",
    "tolerance": "0",
    "agreement_rule": "mean",
    "sample_percent": "10",
    "sample_least": "10",
    "pass_percent": "50",
    "release_mode": "manual",
    "late_owner": "nobody",
    "late_rule": "each",
    "late_percent": "10",
    "late_interval": "day",
    "late_floor": "0",
    "regrade_days": "7",
    "regrade_wait_hours": "0",
    "act": "save",
}
# What the tables of test_urls send.
FORM_DATA = {
    "grading:rubric_new": EDITED,
    "grading:rubric_edit": EDITED,
    "grading:rubric_import": {"text": TABLE, "where": ""},
    "grading:rubric_copy": {"title": "Mine", "where": ""},
    "grading:rubric_archive": {"archived": "1"},
    "grading:rubric_move": {"assignment": "x"},
    "grading:plan": SET_UP,
    "grading:plan_names": {"reason": "A complaint."},
    "grading:plan_apply": {"assignments": ["x"]},
}
JSON = {
    "POST:api:rubric-list": {"title": "Mine"},
    "POST:api:rubric-import": {"title": "Mine", "text": TABLE},
    "PATCH:api:rubric-detail": {"title": "Mine"},
    "POST:api:rubric-copy": {},
    "POST:api:rubric-version-list": {"criteria": [STYLE]},
    "PUT:api:grading-plan": {},
    "PATCH:api:grading-plan": {"regrade_days": 3},
    "POST:api:grading-plan-try": {"regrade_days": 3},
    "POST:api:grading-plan-move": {"number": 1},
    "POST:api:grading-plan-end-blind": {"reason": "A complaint."},
    "POST:api:grading-plan-apply": {"assignments": []},
}
CALLS = [
    *JSON,
    "GET:api:rubric-list",
    "GET:api:rubric-detail",
    "GET:api:rubric-export",
    "GET:api:rubric-version-list",
    "GET:api:rubric-version-detail",
    "GET:api:grading-plan",
]
"""Calls for which a token needs the scopes of marks."""
POSTS_THAT_CHANGE = {
    "POST:api:rubric-version-list",
    "POST:api:grading-plan-move",
    "POST:api:grading-plan-end-blind",
    "POST:api:grading-plan-apply",
}


def addresses_of_rubrics(work, where):
    """What stands behind the addresses of the rubric by which the work is asked, and of its plan."""
    rubric = work.assignment.grading_plan.rubric_version.rubric_id
    given = {f"grading:rubric{name}": [rubric] for name in ("", "_edit", "_copy", "_export")}
    given |= {f"grading:rubric_{name}": [rubric, 1] for name in ("version", "move")}
    given["grading:rubric_archive"] = [rubric]
    given["grading:seminar_rubrics"] = [where["seminar"]]
    given |= {f"grading:plan{name}": where for name in ("", "_names", "_apply")}
    given |= {f"api:rubric-{name}": [rubric] for name in ("detail", "copy", "export")}
    given["api:rubric-version-list"] = [rubric]
    given["api:rubric-version-detail"] = [rubric, 1]
    plans = ("", "-try", "-move", "-end-blind", "-apply")
    return given | {f"api:grading-plan{name}": [work.assignment_id] for name in plans}


def plan_of(world):
    return world.work.assignment.grading_plan


def rubric(world):
    return [plan_of(world).rubric_version.rubric_id]


def version(world):
    return [*rubric(world), 1]


def to_its_version(world):
    return {"assignment": str(world.assignment.pk), "version": "1", "reason": "So."}


def set_up(world):
    return SET_UP | {"rubric": str(rubric(world)[0]), "is_blind": "on"}


def to_the_spare(world):
    return {"assignments": [str(world.spare.pk)]}


def blind(world):
    """Marking is blind."""
    plan = plan_of(world)
    plan.is_blind = True
    plan.save()


ROWS = {
    "H40": (as_it_is, [page("grading:seminar_rubrics", seminar)]),
    "H41": (
        as_it_is,
        [
            page("grading:rubric", rubric),
            page("grading:rubric_version", version),
            page("grading:rubric_export", rubric),
            page("grading:rubric_copy", rubric),
            form("grading:rubric_copy", rubric, fixed(title="Mine", where="")),
        ],
    ),
    "H42": (
        as_it_is,
        [
            call("GET", "rubric-detail", rubric),
            call("GET", "rubric-export", rubric),
            call("GET", "rubric-version-list", rubric),
            call("POST", "rubric-copy", rubric, fixed()),
        ],
    ),
    "H43": (
        as_it_is,
        [
            page("grading:rubric_edit", rubric),
            form("grading:rubric_edit", rubric, fixed(**EDITED)),
            form("grading:rubric_archive", rubric, fixed(archived="1")),
            page("grading:rubric_move", version),
            form("grading:rubric_move", version, to_its_version),
        ],
    ),
    "H44": (
        as_it_is,
        [
            call("PATCH", "rubric-detail", rubric, fixed(title="Mine")),
            call("POST", "rubric-version-list", rubric, fixed(criteria=[STYLE])),
        ],
    ),
    "H45": (
        as_it_is,
        [
            page("grading:rubrics"),
            page("grading:rubric_new"),
            form("grading:rubric_new", sends=fixed(**EDITED)),
            page("grading:rubric_import"),
            form(
                "grading:rubric_import",
                sends=fixed(text=TABLE, where=""),
                to=frozenset({200}),
            ),
        ],
    ),
    "H46": (
        as_it_is,
        [
            call("GET", "rubric-list"),
            call("POST", "rubric-list", sends=fixed(title="Mine")),
            call("POST", "rubric-import", sends=fixed(title="Mine", text=TABLE)),
        ],
    ),
    "H47": (
        as_it_is,
        [
            call("GET", "rubric-version-detail", version),
            call("GET", "grading-plan", assignment_id),
        ],
    ),
    "H48": (
        blind,
        [
            page("grading:plan", where),
            form("grading:plan", where, set_up),
            page("grading:plan_names", where),
            form("grading:plan_names", where, fixed(reason="A complaint.")),
            page("grading:plan_apply", where),
            form("grading:plan_apply", where, to_the_spare),
        ],
    ),
    "H49": (
        blind,
        [
            call("PUT", "grading-plan", lambda world: [world.spare.pk], fixed(regrade_days=3)),
            call("PATCH", "grading-plan", assignment_id, fixed(regrade_days=3)),
            call("POST", "grading-plan-try", assignment_id, fixed(regrade_days=3)),
            call("POST", "grading-plan-move", assignment_id, fixed(number=1)),
            call("POST", "grading-plan-end-blind", assignment_id, fixed(reason="A complaint.")),
            call("POST", "grading-plan-apply", assignment_id, to_the_spare),
        ],
    ),
}
"""The rows of rubrics and of the set-up, by their codes."""
