"""One piece of evidence in the API."""

from tests.factories.annotations import annotation_on


def test_evidence_is_read_alone_as_in_its_list(api, student, assignment, paragraphs):
    proof = annotation_on(paragraphs[0], assignment=assignment, author=student, evidence=True)
    other = annotation_on(paragraphs[0], assignment=assignment, author=student)
    client = api(student)

    [listed] = client.get("/api/v1/evidence/").json()["results"]

    assert client.get(f"/api/v1/evidence/{proof.pk}/").json() == listed
    assert client.get(f"/api/v1/evidence/{other.pk}/").status_code == 404
