"""Imports point one way, and no module stands outside the contracts that say which."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}
# Modules that Django or a command loads by name; nothing of their app imports them.
LOADED_BY_NAME = {"apps", "management", "migrations", "templatetags", "middleware"}
# What stands beside the order: reads of who asks, below views and above models.
BESIDE = {"debate.accounts": {"authentication", "http"}}


def layers_of(name):
    layers = CONTRACTS[name]["layers"]
    return {word.strip(" ()") for layer in layers for word in layer.split("|")}


def modules_of(package):
    """The names of the package's own modules and packages."""
    folder = ROOT / package.replace(".", "/")
    inside = {file.parent for file in folder.glob("*/__init__.py")} | set(folder.glob("*.py"))
    return {one.stem for one in inside} - {"__init__"}


def pure_modules(package):
    """The package's modules that may import no framework at all."""
    pure = (name.rsplit(".", 1) for name in CONTRACTS["Pure Python stays pure"]["source_modules"])
    return {module for parent, module in pure if parent == package}


def test_every_contract_is_kept():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


def test_every_app_has_its_place_in_the_order():
    ours = {app.name for app in apps.get_app_configs() if app.name.startswith(("debate.", "annot"))}

    inside = {f"annotations.{name}" for name in layers_of("Inside annotations")}
    assert ours <= layers_of("The ground never looks up") | inside


@pytest.mark.parametrize(
    ("package", "contract"),
    [
        ("annotations", "Inside annotations"),
        ("annotations.grading", "Inside grading"),
        ("debate.accounts", "Inside every other app"),
        ("debate.seminars", "Inside every other app"),
        ("debate.essays", "Inside every other app"),
        ("debate.assignments", "Inside every other app"),
    ],
)
def test_every_module_has_its_place_in_the_order(package, contract):
    placed = layers_of(contract) | pure_modules(package) | LOADED_BY_NAME

    assert modules_of(package) - placed == BESIDE.get(package, set())
