# make run    set up everything and serve the demo seminar on http://127.0.0.1:8000/ (PORT= to change)
# make test   set up everything and run all tests, those in a real browser included
# make coverage  tests but those in a browser, and which branches they leave out
# make lint   formatting, lint, types, import contracts, templates, migrations, deployment checks
# make screenshots  pictures of every screen, wide and narrow, light and dark, in SCREENSHOTS (screenshots/)
# make soak   the long and heavy tests
# make mutants  take away one rule of who may do what at a time; a test must fail for each
# make bench  how accurately and how fast anchors survive a revision, how fast debates are labelled,
#             how soon a post is on another screen, and how fast the API is beside bare SQL and the usual
#             frameworks (BENCH=full: with a million annotations)
# make clean  remove what the tools made; the data folder var/ stays

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test coverage screenshots lint soak bench mutants browser clean

PORT ?= 8000
SCREENSHOTS ?= screenshots
PY := .venv/bin/python
PYTEST := $(PY) -m pytest
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Essays and pastes that are not ours to publish: their tests are collected where the folder exists.
ifneq ($(wildcard ../shared/.),)
export COUNTERPOINT_FIXTURES ?= $(shell cd ../shared && pwd)
endif

run: .venv/installed
	@DEMO=1 exec $(PY) manage.py serve --prepare --port $(PORT)

test: .venv/installed-dev browser
	$(PYTEST) -n auto --maxprocesses=4 --dist loadgroup -m "not browser and not soak"
	$(PYTEST) -n auto --maxprocesses=4 --dist worksteal -m "browser and not soak"

coverage: .venv/installed-dev
	$(PYTEST) -n auto --maxprocesses=4 --dist loadgroup -m "not browser and not soak" --cov --cov-report=term

screenshots: .venv/installed-dev browser
	COUNTERPOINT_SCREENSHOTS=$(SCREENSHOTS) $(PYTEST) -q -n auto --maxprocesses=4 --dist worksteal -p no:randomly tests/browser/photographs.py
	@$(PY) -m tests.browser.gallery $(SCREENSHOTS)

soak: .venv/installed-dev browser
	$(PYTEST) -m "soak and not browser"
	$(PYTEST) -m "soak and browser" || test $$? -eq 5

bench: .venv/installed-dev browser
	$(PY) -m tests.bench.reanchoring
	$(PY) -m tests.bench.publication
	$(PY) -m tests.bench.arguments
	$(PY) -m tests.bench.live
	$(PY) -m tests.bench.reading
	$(PY) -m tests.bench.speed

mutants: .venv/installed-dev
	$(PY) -m tests.mutation

lint: .venv/installed-dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
	$(PY) -m djlint --quiet --lint templates
	$(PY) manage.py makemigrations --check --dry-run
	ALLOWED_HOSTS=counterpoint.example $(PY) manage.py check --deploy --fail-level WARNING

browser: .venv/installed-dev
	@$(PY) -m tests.chromium

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
	find debate annotations tests -name __pycache__ -prune -exec rm -rf {} +

# A stamp is newer than the list it was installed from, so nothing is installed twice.

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what Counterpoint runs on (once; about half a minute) …"
	@$(PY) -m pip install -qq --requirement requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing the tools and test libraries (once; about a minute) …"
	@$(PY) -m pip install -qq --requirement requirements-dev.txt
	@touch $@

.venv/bin/python:
	@.ci/venv
