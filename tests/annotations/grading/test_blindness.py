"""In blind marking nothing that a marker gets tells who a student is: no body, header, URL or file.

A new page or call of grading: one line more in PAGES or CALLS.
"""

from types import SimpleNamespace

import pytest

from annotations.grading.enums import MarkingMode, MarkRole, MarkState
from annotations.models import Annotation
from debate.seminars.enums import GroupKind
from debate.seminars.models import Membership
from tests.factories.annotations import AnnotationVersionFactory, ReplyFactory, annotation_on
from tests.factories.assignments import AliasFactory
from tests.factories.grading import (
    GradeEventFactory,
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    MarkFactory,
    RegradeMessageFactory,
    RegradeRequestFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import GroupFactory, MembershipFactory

# What a marker reads, by a name for it: addresses, with members of the world's `at` in them.
PAGES = {
    "queue": "{grading}",
    "queue_filtered": "{grading}?state=mine&sort=name&late=1",
    "collect": "{grading}collect/",
    "split": "{grading}split/",
    "desk": "{grading}works/{work}/",
    "desk_by_paragraph": "{grading}works/{work}/?order=paragraph",
    "desk_of_the_other": "{grading}works/{other_work}/",
    "criterion": "{grading}criteria/{criterion}/?work={work}",
    "bulk": "{grading}bulk/",
    "remarks": "{grading}remarks/",
    "gradebook": "{gradebook}?sort=score",
    "gradebook_file": "{gradebook}file/?form=csv&grades=all",
    "participation": "{gradebook}participation/",
    "participation_csv": "{gradebook}participation.csv",
    "compare": "{grading}compare/{other_work}/",
    "moderation": "{grading}moderation/",
    "moderation_record": "{grading}moderation/record/",
    "agreement": "{grading}agreement/",
    "agreement_file": "{grading}agreement/file/",
    "set_up": "{grading}setup/",
    "release": "{grading}release/",
    "grade": "{grading}works/{work}/grade/",
    "requests": "{grading}requests/",
}
CALLS = {
    "works": "/api/v1/works/",
    "works_of_the_assignment": "/api/v1/works/?assignment={assignment}",
    "work": "/api/v1/works/{work}/",
    "other_work": "/api/v1/works/{other_work}/",
    "agreement": "/api/v1/assignments/{assignment}/agreement/",
    "moderation": "/api/v1/assignments/{assignment}/moderation/",
    "grades": "/api/v1/grades/?assignment={assignment}",
    "grade": "/api/v1/grades/{grade}/",
    "grade_events": "/api/v1/grades/{grade}/events/",
    "regrade_requests": "/api/v1/regrade-requests/?assignment={assignment}",
    "regrade_request": "/api/v1/regrade-requests/{request}/",
}
# What assistants are refused.
FOR_INSTRUCTORS = {
    ("split", "assistant"),
    ("set_up", "assistant"),
    ("gradebook_file", "assistant"),
    ("release", "assistant"),
}
# What a marker does, and is answered: address and form.
FORMS = {
    "next": ("{grading}next/", {}),
    "collect": ("{grading}collect/", {}),
    "take_in": ("{grading}works/{work}/take-in/", {}),
    "lease": ("{grading}works/{work}/lease/", {}),
    "mark": ("{grading}works/{work}/mark/", {"version": "0", "comment": "Good.", "then": "save"}),
    "criterion": ("{grading}criteria/{criterion}/", {"work": "{work}", "version": "0"}),
    "criterion_stale": ("{grading}criteria/{criterion}/", {"work": "{work}", "version": "7"}),
    "split": (
        "{grading}split/",
        {"role": "first", "way": "hand", "works": "{work}", "marker": ""},
    ),
}


@pytest.fixture
def world(assignment, paragraphs, assistant, instructor):
    """Two students whose names stand nowhere else, who write under pseudonyms and of one another."""
    assignment.uses_pseudonyms = True
    assignment.save()
    seminar = assignment.seminar
    people = [
        MembershipFactory(
            seminar=seminar, user__username=username, user__name=name, user__email=address
        ).user
        for username, name, address in (
            ("zx_quagga", "Zenobia Xylander", "zenobia@kakapo.example"),
            ("ignatius77", "Ignatius Ölander", "ig@numbat.example"),
        )
    ]
    GroupFactory(seminar=seminar, name="Monday", kind=GroupKind.SECTION, members=people)
    pseudonyms = [
        AliasFactory(assignment=assignment, user=one, name=name)
        for one, name in zip(people, ("Wallcreeper", "Dotterel"), strict=True)
    ]
    one, other = people
    by = {"assignment": assignment, "alias": pseudonyms[0]}
    note = annotation_on(
        paragraphs[0],
        "water",
        **by,
        author=one,
        body="As ZENOBIA XYLANDER I ask @ignatius77 and @Dotterel; Zenobia thinks so.",
    )
    reply = ReplyFactory(
        parent=note,
        author=other,
        alias=pseudonyms[1],
        body="@zx_quagga, or Wallcreeper: write to ig@numbat.example.",
    )
    AnnotationVersionFactory(annotation=note, version=1)
    Annotation.objects.filter(pk=note.pk).update(version=2, body="Now by Zenobia Xylander.")
    plan = GradingPlanFactory(
        assignment=assignment, is_blind=True, marking_mode=MarkingMode.OPEN_SECOND
    )
    works = []
    for student, alias in zip(people, ("Quiet Lever", "Plain Kettle"), strict=True):
        works.append(WorkFactory(assignment=assignment, student=student, alias=alias))
        GradeFactory(work=works[-1], state="in_progress", version=1)
    WorkItemFactory(work=works[0], annotation=note, annotation_version=1, late_by=90)
    WorkItemFactory(work=works[1], annotation=reply)
    said = {"reason": "Zenobia Xylander asked, and @ignatius77."}
    GradeEventFactory(grade=works[0].grade, actor=assistant, **said)
    asked = RegradeRequestFactory(grade=works[0].grade)
    RegradeMessageFactory(request=asked, body="I, Zenobia Xylander, ask for @ignatius77 too.")
    MarkFactory(
        work=works[1],
        marker=instructor,
        role=MarkRole.FIRST,
        state=MarkState.SUBMITTED,
        total=4,
    )
    LeaseFactory(work=works[0], holder=assistant)
    memberships = Membership.objects.filter(user__in=people).values_list("pk", flat=True)
    words = [*(one.name for one in pseudonyms)]
    for person in people:
        words += [person.username, person.name, person.email, *person.name.split()]
    ids = [*(one.pk for one in people), *memberships, *(one.pk for one in pseudonyms)]
    ids += [note.pk, reply.pk]
    return SimpleNamespace(
        plan=plan,
        work=works[0],
        at={
            "grading": "/seminars/water-policy/who-should-pay/grading/",
            "gradebook": "/seminars/water-policy/who-should-pay/gradebook/",
            "assignment": assignment.pk,
            "work": works[0].pk,
            "grade": works[0].grade.pk,
            "request": asked.pk,
            "other_work": works[1].pk,
            "criterion": plan.rubric_version.criteria.first().key,
        },
        tells=[*words, *(str(one) for one in ids), *(one.hex for one in ids)],
    )


def told_by(response):
    """Everything that an answer says: where it was found, its headers, its body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return "\n".join(
        [response.wsgi_request.get_full_path(), headers, body.decode("utf-8", "replace")]
    )


def leaks(world, response):
    """What of the students the answer tells."""
    told = told_by(response).casefold()
    return [one for one in world.tells if one.casefold() in told]


@pytest.mark.parametrize("role", ["assistant", "instructor"])
@pytest.mark.parametrize("name", PAGES)
def test_page_of_blind_marking_tells_nothing_of_students(name, role, world, page, request):
    user = request.getfixturevalue(role)
    response = page(user).get(PAGES[name].format(**world.at))

    expected = 403 if (name, role) in FOR_INSTRUCTORS else 200
    assert (response.status_code, leaks(world, response)) == (expected, [])


@pytest.mark.parametrize("name", CALLS)
def test_call_in_blind_marking_tells_nothing_of_students(name, world, api, assistant):
    client = api(assistant, scopes=("marks:read", "grades:read"))

    response = client.get(CALLS[name].format(**world.at))

    assert (response.status_code, leaks(world, response)) == (200, [])


@pytest.mark.parametrize("name", FORMS)
def test_form_in_blind_marking_tells_nothing_of_students(name, world, page, instructor):
    address, form = FORMS[name]
    client = page(instructor)

    data = {member: value.format(**world.at) for member, value in form.items()}
    response = client.post(address.format(**world.at), data)

    assert response.status_code in {200, 302, 409, 412}
    assert leaks(world, response) == []
    if response.status_code == 302:
        assert leaks(world, client.get(response["Location"])) == []


def test_next_work_by_a_program_tells_nothing_of_students(world, api, assistant):
    client = api(assistant, scopes=("marks:read", "marks:write"))

    response = client.post(
        "/api/v1/works/next/", {"assignment": str(world.at["assignment"])}, format="json"
    )

    assert (response.status_code, leaks(world, response)) == (200, [])


def test_names_are_found_where_they_are_told(world, page, api, assistant):
    """So that the search above is known to find what it looks for."""
    world.plan.is_blind = False
    world.plan.save()

    desk = leaks(world, page(assistant).get(PAGES["desk"].format(**world.at)))
    call = leaks(
        world, api(assistant, scopes=("marks:read",)).get(CALLS["work"].format(**world.at))
    )

    assert {"Zenobia Xylander", "Ignatius Ölander", "zx_quagga", "ignatius77"} <= {*desk}
    assert {"Zenobia Xylander", str(world.work.student_id)} <= {*call}
