import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from debate.core.checks import check_server


@pytest.mark.django_db
def test_check_server_of_the_tests_has_no_warning():
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


@pytest.mark.django_db
def test_check_server_without_database_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check_server(databases=None) == []


@pytest.mark.django_db(transaction=True)
def test_check_server_other_collation_is_warned_of(monkeypatch, django_db_blocker):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE DATABASE otherwise TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING UTF8"
        )
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "otherwise")
        warnings = check_server(databases=["default"])
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE otherwise")

    assert [warning.id for warning in warnings] == ["core.W001"]
    assert "encoding and collation are UTF8 and C;" in warnings[0].msg
