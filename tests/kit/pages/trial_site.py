"""The trial page and the chart gallery, served under the site's content security policy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

HERE = Path(__file__).parent
STATIC = Path(__file__).resolve().parents[3] / "src/steerco/kit/pages/static"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
EDITOR = (
    '<form data-sc-editor hx-patch="/cell" hx-target="closest td" hx-swap="innerHTML">'
    '<input name="name" value="Old name" aria-label="Project"></form>'
)


@dataclass
class Trial:
    """A running trial: its address, the pages added to it, the writes that it received."""

    address: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    writes: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


class TrialServer(ThreadingHTTPServer):
    """Takes a page's requests all at once, and at its end waits for every connection to be closed."""

    daemon_threads = False
    request_queue_size = 64


@contextmanager
def running_trial() -> Iterator[Trial]:
    """Serve the trial on a free port of this machine."""
    trial = Trial(pages={"/": (HERE / "trial/index.html").read_text(encoding="utf-8")})

    class Request(BaseHTTPRequestHandler):
        timeout = 3  # a connection that the browser opened ahead and never used

        def answer(self, content: bytes, kind: str, status: int = 200, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", POLICY)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            file = STATIC / path.removeprefix("/static/")
            if path in trial.pages:
                self.answer(trial.pages[path].encode(), "text/html; charset=utf-8")
            elif path == "/cell":
                self.answer(EDITOR.encode(), "text/html")
            elif path.startswith("/static/") and file.is_file():
                self.answer(file.read_bytes(), guess_type(file.name)[0] or "application/octet-stream")
            else:
                self.answer(b"", "text/plain", 404)

        def write(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            trial.writes.append((self.command, self.path, dict(self.headers), body))
            status = trial.answers.pop(0) if trial.answers else 200
            self.answer(
                b'<p id="news" data-sc-announce="Saved by the server">New text</p>',
                "text/html",
                status,
                HX_Trigger='{"sc-toast": {"text": "Saved", "close": "Close"}}',
            )

        do_POST = do_PATCH = write

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet: pytest shows what fails."""

    server = TrialServer(("127.0.0.1", 0), Request)
    trial.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield trial
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
