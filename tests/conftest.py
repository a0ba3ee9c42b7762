"""The fixed cast of every test, the clients they use, and one seminar with one essay set to it."""

import os
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

pytest.register_assert_rewrite("tests.expect")

from annotations.exchange.bulk import snapshot  # noqa: E402 - after the rewriting is asked for
from annotations.queries import kept  # noqa: E402
from debate.accounts.actions import create_token  # noqa: E402
from debate.seminars.enums import Role  # noqa: E402
from tests import cluster, emptying, garbage  # noqa: E402
from tests.cluster import pytest_configure, pytest_unconfigure  # noqa: E402, F401 - hooks
from tests.factories.accounts import UserFactory  # noqa: E402
from tests.factories.assignments import assignment_of  # noqa: E402
from tests.factories.essays import essay_of  # noqa: E402
from tests.factories.seminars import GroupFactory, MembershipFactory, SeminarFactory  # noqa: E402
from tests.garbage import pytest_collection_finish, pytest_sessionstart  # noqa: E402, F401 - hooks

# The same examples in each run, however slow the machine: what fails, fails for everybody.
# `--hypothesis-profile=search` looks for others.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("counterpoint", settings.get_profile("search"), derandomize=True)
settings.load_profile("counterpoint")

# One paragraph each: plain words; an emoji, and words that repeat; marks that do not compose
# into one character, and a family that three joined people make.
PLAIN = "Cities that price water by use need less of it. Fairness, not scarcity, moves people."
REPEATS = "The council 🙂 voted twice: once for the plan, once against the plan."
MARKS = "A family 👩‍👩‍👧 in Q̃uito paid “too much”, the survey found."


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings):
    """Of parallel workers one migrates, the others copy its database."""
    if os.environ.get("DATABASE_URL") or not hasattr(request.config, "workerinput"):
        yield None
        return
    lock = cluster.wait_for_copy()
    connection.settings_dict["TEST"]["TEMPLATE"] = None if lock else cluster.MIGRATED
    yield lock
    if lock:
        lock.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings, django_db_setup, django_db_blocker):
    lock = django_db_modify_db_settings
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        if lock:
            cluster.keep_copy(connection, lock)
        emptying.remember(connection)
        garbage.keep()
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.after)
        with django_db_blocker.block():
            yield


@pytest.fixture(autouse=True)
def one_day():
    """No test begins in the last seconds of a day: what it reads says what is today, and so do tags."""
    left = 86_400 - time.time() % 86_400
    if left < 10:
        time.sleep(left)


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test begins as a new process: what it takes back, or a factory writes, raises no counter."""
    kept.forget()


@pytest.fixture(autouse=True)
def exports_let_go():
    """An export that a test begins it takes to the end or closes: the next test needs its room.

    Of one that is being made in a server's thread the end is waited for.
    """
    yield
    patience = time.monotonic() + 60
    while snapshot._open and time.monotonic() < patience:
        time.sleep(0.01)
    left = [snapshot._open.pop() for _ in range(len(snapshot._open))]
    for link in left:
        link.close()
    assert not left, "An export was neither read to its end nor closed."


@pytest.fixture
def seminar(db):
    return SeminarFactory(title="Water policy", slug="water-policy")


@pytest.fixture
def other_seminar(db):
    return SeminarFactory(title="Housing policy", slug="housing-policy")


def member(seminar, username, role):
    return MembershipFactory(seminar=seminar, role=role, user__username=username).user


@pytest.fixture
def instructor(seminar):
    return member(seminar, "instructor", Role.INSTRUCTOR)


@pytest.fixture
def assistant(seminar):
    return member(seminar, "assistant", Role.ASSISTANT)


@pytest.fixture
def student(seminar):
    return member(seminar, "student", Role.STUDENT)


@pytest.fixture
def classmate(seminar):
    """A student of the same seminar, in another reading group than `student`."""
    return member(seminar, "classmate", Role.STUDENT)


@pytest.fixture
def observer(seminar):
    return member(seminar, "observer", Role.OBSERVER)


@pytest.fixture
def outsider(other_seminar):
    """A student of another seminar."""
    return member(other_seminar, "outsider", Role.STUDENT)


@pytest.fixture
def operator(db):
    """Whoever runs the site: may use the admin, is a member of nothing."""
    return UserFactory(username="operator", is_staff=True, is_superuser=True)


@pytest.fixture
def anonymous():
    return AnonymousUser()


@pytest.fixture
def group(seminar, student):
    """The reading group of `student`."""
    return GroupFactory(seminar=seminar, name="Upstream", members=[student])


@pytest.fixture
def other_group(seminar, classmate):
    """The reading group of `classmate`."""
    return GroupFactory(seminar=seminar, name="Downstream", members=[classmate])


@pytest.fixture
def essay(seminar):
    return essay_of(PLAIN, REPEATS, MARKS, seminar=seminar, title="Who should pay for water?")


@pytest.fixture
def assignment(essay):
    return assignment_of(essay, slug="who-should-pay")


@pytest.fixture
def paragraphs(assignment):
    """The numbered paragraphs: PLAIN, REPEATS, MARKS."""
    return list(assignment.revision.paragraphs.numbered())


@pytest.fixture
def page():
    """`page(user)`: a browser in which the person has signed in; `page(None)`, in which nobody has."""

    def open_browser(user=None):
        client = Client()
        if user is not None and user.pk:
            client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def api(db):
    """`api(user, scopes=…)`: a client with a token of the person's; `api(None)`, without one.

    It changes whatever version there is, unless a request has an If-Match of its own.
    """

    def open_client(user=None, *, scopes=("read", "write"), if_match="*"):
        client = APIClient(**({"HTTP_IF_MATCH": if_match} if if_match else {}))
        if user is not None and user.pk:
            _, secret = create_token(actor=user, name="tests", scopes=scopes)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return open_client
