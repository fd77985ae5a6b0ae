"""The product as a user has it: the example prepared by `steerco demo`, served by `steerco up`, driven in Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.databases import copy_into

from steerco.interfaces.cli.up import STOP_SECONDS

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "steerco-demo-2026"
START_SECONDS = 240
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@dataclass
class Site:
    """A served installation."""

    url: str
    data: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example installation, served on loopback until the last test has ended."""
    data = tmp_path_factory.mktemp("e2e")
    copy_into(data)
    port = _free_port()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("STEERCO_", "DJANGO_"))}
    environment = {**inherited, "STEERCO_DATA_DIR": str(data), "STEERCO_DEMO": "1", "PORT": str(port)}
    command = [sys.executable, "-m", "steerco.interfaces.cli.main"]
    subprocess.run(
        [*command, "demo", "--no-serve"], env=environment, check=True, cwd=data, capture_output=True
    )
    log = (data / "server.log").open("w")
    server = subprocess.Popen([*command, "up"], env=environment, cwd=data, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(url, server, data / "server.log")
        yield Site(url, data)
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS + 10)
        finally:
            server.kill()
            server.wait()
            log.close()


def _await(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"no answer in {START_SECONDS} s: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys of a module; its event loop must not outlive it: the database's tests have none."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


Open = Callable[..., Page]


@pytest.fixture
def open_as(site: Site, browser: Browser) -> Iterator[Open]:
    """`open_as(email, size, scheme)` gives a signed-in page; at the end nothing may have gone wrong on it."""
    contexts = []
    troubles: list[str] = []

    def watch(page: Page) -> None:
        page.on(
            "console",
            lambda m: (
                troubles.append(f"console: {m.text}")
                if m.type == "error" and "409" not in m.text and "422" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda e: troubles.append(f"script: {e}"))
        page.on(
            "request",
            lambda r: (
                troubles.append(f"foreign: {r.url}")
                if not r.url.startswith((site.url, "data:", "blob:"))
                else None
            ),
        )
        page.on("response", lambda r: troubles.append(f"{r.status}: {r.url}") if r.status >= 500 else None)

    def signed_in(email: str = "pmo@example.org", size: str = "wide", scheme: Any = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            base_url=site.url,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit], form button[type=submit]")
        page.wait_for_url(f"{site.url}/")
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert troubles == []


def check(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA that axe can see, and no page wider than its window."""
    page.evaluate(AXE.read_text())
    result = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
    )
    found = [
        f"{v['id']}: {n['target']} {n.get('failureSummary', '')[:200]}"
        for v in result["violations"]
        for n in v["nodes"][:3]
    ]
    assert found == [], "\n".join([page.url, *found])
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"{page.url} is {width[0]} wide in a window of {width[1]}"
