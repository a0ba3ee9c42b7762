"""Second marks and moderation in the worlds of the site's tests: addresses, and rows of the matrix."""

from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState
from tests.factories.grading import SampleFactory
from tests.factories.seminars import MembershipFactory
from tests.site.grading import marked
from tests.site.matrix import as_it_is, assignment_id, call, fixed, form, page, set_row
from tests.site.people import where

# What the tables of test_urls send.
FORM_DATA = {
    "grading:compare": {"act": "agree", "version": "0", "points": "5", "reason": "So."},
    "grading:moderation": {"act": "draw"},
}
JSON = {"POST:api:moderation": {}, "PATCH:api:sample-detail": {"outcome": "agree"}}
CALLS = (
    "GET:api:agreement",
    "GET:api:moderation",
    "POST:api:moderation",
    "GET:api:sample-detail",
    "PATCH:api:sample-detail",
)


def addresses_of_fairness(work, where):
    """What stands behind the addresses of the work's marks, of agreement and of moderation."""
    names = ("moderation", "moderation_record", "agreement", "agreement_csv")
    given = {f"grading:{name}": where for name in names}
    given["grading:compare"] = where | {"work_id": work.pk}
    given |= {f"api:{name}": [work.assignment_id] for name in ("agreement", "moderation")}
    return given | {"api:sample-detail": [SampleFactory(work=work).pk]}


def staff_of(world):
    """Somebody of the seminar's staff who is none of the people of the table."""
    return MembershipFactory(seminar=world.seminar, role="assistant").user


def disagreed(world):
    """The assistant and somebody else marked the author's work, and are too far apart."""
    set_row(world.work.assignment.grading_plan, marking_mode=MarkingMode.OPEN_SECOND)
    marked(world.work, world.person["assistant"], state=MarkState.SUBMITTED)
    other = marked(world.work, staff_of(world), state=MarkState.DRAFT, role=MarkRole.SECOND)
    set_row(other, state=MarkState.SUBMITTED, total=9)
    set_row(world.work.grade, state=GradeState.DISAGREED)
    world.third = staff_of(world)


def sampled(world):
    """The author's work is in the sample; somebody else marked it."""
    set_row(world.work.assignment.grading_plan, marking_mode=MarkingMode.SAMPLED)
    marked(world.work, staff_of(world), state=MarkState.SUBMITTED)
    set_row(world.work.grade, state=GradeState.MARKED, raw=3, final=3)
    world.sample = SampleFactory(work=world.work)


def a_work(world):
    return where(world) | {"work_id": world.work.pk}


def a_sample(world):
    return [world.sample.pk]


def to_ask(world):
    return {"act": "third", "version": "0", "marker": str(world.third.pk)}


def an_outcome(world):
    return {"act": "outcome", "sample": str(world.sample.pk), "version": "1", "outcome": "agree"}


def the_work(world):
    return {"work": str(world.work.pk)}


def to_flag(world):
    return {"act": "flag", **the_work(world)}


ROWS = {
    "H90": (disagreed, [page("grading:compare", a_work, shows="Okapis")]),
    "H91": (disagreed, [form("grading:compare", a_work, fixed(**FORM_DATA["grading:compare"]))]),
    "H92": (disagreed, [form("grading:compare", a_work, to_ask)]),
    "H93": (
        as_it_is,
        [
            page("grading:agreement", where),
            page("grading:agreement_csv", where),
            page("grading:moderation", where),
            page("grading:moderation_record", where),
        ],
    ),
    "H94": (
        sampled,
        [
            form("grading:moderation", where, fixed(act="draw")),
            form("grading:moderation", where, to_flag),
        ],
    ),
    "H95": (sampled, [form("grading:moderation", where, an_outcome)]),
    "H96": (
        as_it_is,
        [call("GET", "agreement", assignment_id), call("GET", "moderation", assignment_id)],
    ),
    "H97": (sampled, [call("POST", "moderation", assignment_id, the_work)]),
    "H98": (
        sampled,
        [
            call("GET", "sample-detail", a_sample),
            call("PATCH", "sample-detail", a_sample, fixed(outcome="agree")),
        ],
    ),
}
