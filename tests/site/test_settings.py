"""The environment: every option in the README, each with its file, and bad values said in a sentence."""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
READERS = {"env_text", "env_bool", "env_count", "env_list", "env_url", "env_secret"}


def options_read():
    """The names that settings.py gives to the functions that read the environment."""
    tree = ast.parse((ROOT / "debate/settings.py").read_text(encoding="utf-8"))
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in READERS
        and isinstance(call.args[0], ast.Constant)
    }


def options_told():
    """The first column of the README's table of settings."""
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Settings\n")[1]
    return re.findall(r"^\| `([A-Z_]+)` \|", chapter.split("\n## ")[0], re.MULTILINE)


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """`configured(NAME=…)`: the settings as that environment, and nothing else, makes them."""

    def read(**environment):
        for name in options_read():
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(f"{name}_FILE", raising=False)
        for name, value in {"COUNTERPOINT_DATA": tmp_path, **environment}.items():
            monkeypatch.setenv(name, str(value))
        return runpy.run_path(str(ROOT / "debate/settings.py"))

    return read


def test_readme_tells_of_every_option_once():
    assert sorted(options_told()) == sorted(options_read())


def test_environment_is_read_in_the_settings_only():
    readers = [
        str(file.relative_to(ROOT))
        for folder in ("debate", "annotations")
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"environ(\.get\(|\[)|getenv\(", file.read_text(encoding="utf-8"))
    ]

    assert sorted(readers) == ["debate/core/supervisor.py", "debate/settings.py"]


def test_settings_without_environment_are_safe(configured, tmp_path):
    made = configured()

    assert (made["DEBUG"], made["DEMO"]) == (False, False)
    assert made["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert made["DATABASES"]["default"]["ENGINE"] == "debate.core.embedded"
    assert made["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert made["STATIC_ROOT"] == tmp_path / "static"


@pytest.mark.parametrize(
    ("environment", "opens"),
    [
        ({}, True),
        ({"OUTGOING_REQUESTS": "0"}, False),
        ({"DEMO": "1"}, False),
        ({"DEMO": "1", "OUTGOING_REQUESTS": "1"}, True),
    ],
)
def test_links_are_opened_but_by_a_demo(configured, environment, opens):
    assert configured(**environment)["OUTGOING_REQUESTS"] is opens


def test_secret_key_is_made_once_for_its_owner_only(configured, tmp_path):
    first, second = configured()["SECRET_KEY"], configured()["SECRET_KEY"]

    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", True),
        ("true", True),
        ("YES", True),
        ("on", True),
        ("0", False),
        ("no", False),
        ("", False),
    ],
)
def test_switch_is_read_from_each_of_its_words(word, value, configured):
    assert configured(DEBUG=word)["DEBUG"] is value


def test_list_is_read_without_spaces(configured):
    made = configured(ALLOWED_HOSTS=" a.example.org, b.example.org ,")

    assert made["ALLOWED_HOSTS"] == ["a.example.org", "b.example.org"]


@pytest.mark.parametrize(
    ("words", "creators"),
    [
        ("", ["anyone"]),
        ("Anyone", ["anyone"]),
        ("approved", ["approved"]),
        ("@example.org, Law.Example.EDU", ["example.org", "law.example.edu"]),
    ],
)
def test_creators_of_seminars_are_read(words, creators, configured):
    assert configured(SEMINAR_CREATORS=words)["SEMINAR_CREATORS"] == creators


def test_database_url_is_used(configured):
    made = configured(
        DATABASE_URL="postgres://ada:p%40ss@db.example.org:5433/notes?sslmode=require"
    )

    database = made["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert [database[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "ada", "p@ss", "db.example.org", 5433, "notes",
    ]  # fmt: skip
    assert database["OPTIONS"] == {
        "connect_timeout": 5,
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan",
        "sslmode": "require",
    }


def test_connections_are_kept_where_a_pool_is_asked_for(configured):
    new = configured(DATABASE_POOL="0")["DATABASES"]["default"]["OPTIONS"]
    kept = configured(DATABASE_POOL="4")["DATABASES"]["default"]

    assert "pool" not in new
    assert kept["OPTIONS"]["pool"] == {
        "min_size": 1, "max_size": 4, "timeout": 2, "max_idle": 86_400,
    }  # fmt: skip
    assert kept["CONN_MAX_AGE"] == 0
    assert (kept["ENGINE"], "CONN_HEALTH_CHECKS" in kept) == ("debate.core.embedded", False)


def test_connections_that_are_kept_are_looked_at_on_any_server(configured):
    url = "postgres://ada@db.example.org/notes"

    kept = configured(DATABASE_URL=url, DATABASE_POOL="4")["DATABASES"]["default"]

    assert kept["ENGINE"] == "debate.core.pooled"


@pytest.mark.parametrize(
    ("environment", "site"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"ALLOWED_HOSTS": "localhost,.example.org"}, "https://example.org"),
        ({"ALLOWED_HOSTS": "*"}, "http://127.0.0.1:8000"),
        ({"SITE_URL": "https://seminar.example.org/"}, "https://seminar.example.org"),
    ],
)
def test_site_url_is_as_given_or_follows_from_the_hosts(environment, site, configured):
    assert configured(**environment)["SITE_URL"] == site


def test_email_url_is_used(configured):
    made = configured(EMAIL_URL="smtp+tls://ada:secret@mail.example.org:587")

    assert made["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (made["EMAIL_HOST"], made["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert (made["EMAIL_HOST_USER"], made["EMAIL_HOST_PASSWORD"]) == ("ada", "secret")
    assert (made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("SECRET_KEY", "x" * 60, "SECRET_KEY"),
        ("ALLOWED_HOSTS", "seminar.example.org", "ALLOWED_HOSTS"),
        ("DATABASE_URL", "postgres://ada@db.example.org/notes", "DATABASES"),
        ("EMAIL_URL", "smtp://mail.example.org", "EMAIL_HOST"),
        ("DEFAULT_FROM_EMAIL", "notes@example.org", "DEFAULT_FROM_EMAIL"),
        ("DEBUG", "1", "DEBUG"),
        ("SITE_URL", "https://seminar.example.org", "SITE_URL"),
    ],
)
def test_option_is_read_from_the_file_that_is_named(name, value, setting, configured, tmp_path):
    file = tmp_path / "given"
    file.write_text(value + "\n")

    assert configured(**{f"{name}_FILE": file})[setting] == configured(**{name: value})[setting]


# Bad values, and the sentence that stops the start; each names its option.
BAD = [
    (
        {"SEMINAR_CREATORS": "everybody"},
        ("SEMINAR_CREATORS must be anyone, approved or e-mail domains such as "
        "example.org,example.edu, not 'everybody'."),
    ),
    ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0, not 'maybe'."),
    ({"DEMO": "2"}, "DEMO must be 1 or 0, not '2'."),
    ({"DATABASE_URL": "mysql://db/notes"}, "DATABASE_URL must begin with postgres://; nothing else is used."),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not a URL that can be used"),
    ({"DATABASE_URL": "postgres://db:port/notes"}, "DATABASE_URL is not a URL that can be used"),
    ({"DATABASE_POOL": "many"}, "DATABASE_POOL must be a whole number up to 1000, not 'many'."),
    ({"DATABASE_POOL": "1001"}, "DATABASE_POOL must be a whole number up to 1000, not '1001'."),
    ({"EMAIL_URL": "nonsense"}, "EMAIL_URL is not a URL that can be used"),
    ({"EMAIL_URL": "smtp://mail:port"}, "EMAIL_URL is not a URL that can be used"),
    (
        {"CSRF_TRUSTED_ORIGINS": "seminar.example.org"},
        "CSRF_TRUSTED_ORIGINS: 'seminar.example.org' must begin with https:// or http://.",
    ),
    (
        {"SITE_URL": "seminar.example.org"},
        "SITE_URL: 'seminar.example.org' must begin with https:// or http://.",
    ),
    ({"SECRET_KEY_FILE": "/no/such/file"}, "SECRET_KEY_FILE names /no/such/file, which cannot be read"),
    ({"COUNTERPOINT_DATA": "/dev/null/data"}, "COUNTERPOINT_DATA names /dev/null/data, which cannot be used"),
    (
        {"DEMO": "1", "ALLOWED_HOSTS": "seminar.example.org"},
        "DEMO lets anybody in as the instructor, so ALLOWED_HOSTS may then name this machine only.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("environment", "sentence"), BAD)
def test_bad_value_stops_the_start_with_a_sentence(environment, sentence, configured):
    with pytest.raises(ImproperlyConfigured) as caught:
        configured(**environment)

    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def manage(*arguments, **environment):
    inherited = {name: text for name, text in os.environ.items() if name not in options_read()}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=inherited | {"DJANGO_SETTINGS_MODULE": "debate.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_with_a_bad_value_says_one_sentence_and_no_more():
    done = manage("check", DEBUG="maybe")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "DEBUG must be 1 or 0, not 'maybe'.\n"


def test_check_deploy_of_a_public_site_has_no_warning(tmp_path):
    done = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        ALLOWED_HOSTS="seminar.example.org",
        COUNTERPOINT_DATA=str(tmp_path),
    )

    assert done.returncode == 0, done.stderr
    assert "System check identified no issues (0 silenced)." in done.stdout


def test_public_site_has_strict_cookies_and_https(configured):
    made = configured(ALLOWED_HOSTS="seminar.example.org")

    assert (made["SESSION_COOKIE_NAME"], made["CSRF_COOKIE_NAME"]) == (
        "__Host-session",
        "__Host-csrf",
    )
    assert made["SESSION_COOKIE_SECURE"] is made["CSRF_COOKIE_SECURE"] is True
    assert made["SECURE_SSL_REDIRECT"] is True
    assert made["SECURE_HSTS_SECONDS"] == 31_536_000


def test_site_of_this_machine_alone_needs_no_https(configured):
    made = configured(ALLOWED_HOSTS="localhost")

    assert (made["SESSION_COOKIE_NAME"], made["CSRF_COOKIE_NAME"]) == ("session", "csrf")
    assert made["SESSION_COOKIE_SECURE"] is made["SECURE_SSL_REDIRECT"] is False
    assert made["SECURE_HSTS_SECONDS"] == 0
