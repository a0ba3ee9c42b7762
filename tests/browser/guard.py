"""What no page may do, whatever is tested on it: complain, break the policy, or call elsewhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
});
"""

_INSIDE = {"data", "blob", "about"}

_NOT_AT_FAULT = {
    # Whoever leaves a page while its fonts load aborts them.
    "net::ERR_ABORTED",
    # Only a test takes the network away, and until it comes back a page may ask at any moment.
    "net::ERR_INTERNET_DISCONNECTED",
}


class Guard:
    """Watches every page of a context and keeps what it saw wrong in `faults`."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._host = urlsplit(address).netloc
        self._broken_on_purpose: set[str] = set()
        self._may_not_fail = True
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"Script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def expect_server_error(self, url: str) -> None:
        """The page of that address breaks because the test wants it to."""
        self._broken_on_purpose.add(url)

    def expect_failures(self) -> None:
        """Requests fail because the test breaks them off."""
        self._may_not_fail = False

    def take_faults(self) -> list[str]:
        """The faults since this was last asked."""
        taken, self.faults = self.faults, []
        return taken

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also reports an answer of 400 or above here; `_response` judges those.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load"):
            self.faults.append(f"Console: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.netloc != self._host and address.scheme not in _INSIDE:
            self.faults.append(f"Third party: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure not in _NOT_AT_FAULT and self._may_not_fail:
            self.faults.append(f"Failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        # A page may be refused, and so may what a script posts: that is told in its form.
        may_be_refused = (
            response.request.resource_type == "document" or response.request.method == "POST"
        )
        # So is an open page whose reader sees otherwise from now on: it says that it is to be loaded anew.
        if response.status == HTTPStatus.GONE and urlsplit(response.url).path.endswith("/changes/"):
            return
        limit = 500 if may_be_refused else 400
        if response.status >= limit and response.url not in self._broken_on_purpose:
            self.faults.append(f"Answered {response.status}: {response.url}")
