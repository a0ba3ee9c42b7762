"""The browser that the tests drive: an installed Chromium or Chrome, else one that is fetched.

``python -m tests.chromium`` makes sure that there is one; it fails with a sentence otherwise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DOWNLOAD_PATIENCE = 300
"""Seconds that a download of the browser may take."""


def executable() -> str | None:
    """The path of a browser that starts, or None."""
    candidates = [*map(shutil.which, INSTALLED), _downloaded()]
    return next((path for path in candidates if path and _starts(path)), None)


def _downloaded() -> str:
    """Where Playwright keeps its own browser, whether or not it has been downloaded."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    return _output([sys.executable, "-c", code]).strip()


def _starts(path: str) -> bool:
    return Path(path).exists() and "Chrom" in _output([path, "--version", "--no-sandbox"])


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            timeout=DOWNLOAD_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def ensure() -> str:
    """The path of a browser that starts; one is installed when there is none. SystemExit without."""
    if path := executable():
        return path
    _say("No Chromium or Chrome is installed; Playwright's own is downloaded …")
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]) and (
        path := executable()
    ):
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("That did not work; Debian's Chromium is installed …")
        _runs(["apt-get", "update"])
        _runs(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
        if path := executable():
            return path
    raise SystemExit(
        "The browser tests need a browser: install Chromium or Google Chrome, "
        "for example with: sudo apt-get install chromium"
    )


if __name__ == "__main__":
    _say(f"Browser for the tests: {ensure()}")
