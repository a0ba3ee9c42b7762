"""What the pages of the shelf and of evidence know of their rows."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from annotations.enums import LinkStatus
from annotations.models import LinkHealth
from annotations.queries.evidence import EvidenceChoice, evidence_page, link_flag
from annotations.queries.shelf import duplicate_pairs, shelves_to_copy_to
from debate.seminars.enums import Role
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.seminars import MembershipFactory, SeminarFactory


def test_item_of_a_source_has_address_and_day_of_access():
    source = SourceFactory.build(
        seminar=None,
        added_by=None,
        url="https://example.org/w",
        doi="10.1000/182",
        csl={"title": "Water"},
        accessed_on=date(2024, 3, 1),
    )

    assert source.item == {
        "title": "Water",
        "DOI": "10.1000/182",
        "URL": "https://example.org/w",
        "accessed": {"date-parts": [[2024, 3, 1]]},
    }


@pytest.mark.parametrize(
    ("status", "flag"),
    [
        (None, "link not opened yet"),
        (LinkStatus.UNCHECKED, "link not opened yet"),
        (LinkStatus.ALIVE, ""),
        (LinkStatus.MOVED, ""),
        (LinkStatus.GONE, "link: no longer there"),
        (LinkStatus.UNREACHABLE, "link: could not be opened"),
        (LinkStatus.REFUSED, "link: is not opened"),
    ],
)
def test_link_flag_says_what_is_the_matter(status, flag):
    source = SourceFactory.build(seminar=None, added_by=None, url="https://example.org/w")
    health = LinkHealth(status=status) if status else None

    assert link_flag(source, health) == flag


def test_link_flag_of_a_work_without_address_is_none():
    assert link_flag(SourceFactory.build(seminar=None, added_by=None, url=""), None) == ""


def test_shelves_to_copy_to_are_the_others_that_one_keeps(seminar, instructor):
    kept = SeminarFactory(title="Again", slug="again")
    MembershipFactory(seminar=kept, user=instructor, role=Role.ASSISTANT)
    archived = SeminarFactory(archived_at="2024-01-01T00:00:00Z")
    MembershipFactory(seminar=archived, user=instructor, role=Role.INSTRUCTOR)
    MembershipFactory(user=instructor, role=Role.STUDENT)
    MembershipFactory(user=instructor, role=Role.ASSISTANT, is_limited=True)

    assert shelves_to_copy_to(instructor, seminar) == [kept]


def test_duplicate_pairs_are_of_what_one_may_know(seminar, instructor, student):
    first, second = SourceFactory.create_batch(2, seminar=seminar, csl={"title": "Water"})

    [pair] = duplicate_pairs(instructor, seminar)

    assert (pair.stays.source, pair.goes.source) == (first, second)
    assert duplicate_pairs(student, seminar) == []


def test_evidence_of_a_public_essay_is_told_to_visitors_as_far_as_it_is_public(assignment):
    assignment.seminar.allows_public = assignment.essay.is_public = True
    assignment.seminar.save()
    assignment.essay.save()
    for audience in ("public", "seminar"):
        passage = PassageFactory(
            source__seminar=assignment.seminar, source__csl={"title": audience}
        )
        AnnotationFactory(evidence=True, passage=passage, assignment=assignment, audience=audience)

    page = evidence_page(AnonymousUser(), assignment, EvidenceChoice())

    assert [row.source.title for row in page.rows] == ["public"]
