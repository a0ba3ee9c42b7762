"""What staff did in a seminar, in the API."""

from annotations.actions import hide_annotation
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory


def test_log_tells_staff_what_was_done_by_whom(api, instructor, assistant, assignment):
    notes = [AnnotationFactory(assignment=assignment) for _ in range(3)]
    place = f"/api/v1/seminars/{assignment.seminar_id}/moderation/"
    client = api(instructor)
    hide_annotation(actor=instructor, annotation_id=notes[0].pk, reason="Too harsh.")

    def grow():
        for note in notes[1:]:
            hide_annotation(actor=assistant, annotation_id=note.pk, reason="So, too.")

    expect_constant_queries(lambda: client.get(place), grow=grow)
    own = client.get(f"{place}?actor={instructor.pk}").json()["results"]
    assert [(one["annotation"], one["act"], one["reason"]) for one in own] == [
        (str(notes[0].pk), "hide", "Too harsh.")
    ]
    assert client.get(f"{place}?act=lock").json()["results"] == []
