"""`steerco install`: what it writes, what it tries first, what it refuses, and that a server runs on its settings."""

import configparser
import os
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from tests.apps.access.openid_provider import CLIENT, SECRET, provider
from tests.interfaces.cli.test_up import free_port, ready
from tests.postgresql import postgresql

from steerco.interfaces.cli.connections import Relay, Unreachable, relay_of, try_database, try_relay
from steerco.interfaces.cli.install import HIDDEN_BY_THE_SERVICE
from steerco.interfaces.cli.main import main
from steerco.interfaces.cli.server_files import SERVICES, environment_file

HOST = "pmo.example.org"
PROGRAM = ("--program", "/opt/steerco/.venv/bin/steerco")
CALLBACK = f"https://{HOST}/accounts/oidc/oidc/login/callback/"


class Session(socketserver.StreamRequestHandler):
    """A mail relay that knows one login, without TLS."""

    def handle(self) -> None:
        self.wfile.write(b"220 relay\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"EHLO":
                self.wfile.write(b"250-relay\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                well = line.split()[2] == b"AHBtbwByaWdodA=="  # \0pmo\0right
                self.wfile.write(b"235 well\r\n" if well else b"535 no\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"502 no\r\n")


@contextmanager
def relay() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def settings_in(folder: Path) -> dict[str, str]:
    """The variables of the environment file, as a shell reads them."""
    call = ["env", "-i", "sh", "-c", f"set -a; . {folder}/steerco.env; env -0"]
    told = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    return dict(
        item.split("=", 1) for item in told.split("\0") if item and not item.startswith(("PWD=", "_="))
    )


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def test_the_smallest_call_writes_a_whole_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "server"
    assert main(["install", "--host", HOST, "--out", str(out), *PROGRAM]) == 0
    told = capsys.readouterr().out
    assert f"sudo sh {out}/put-in-place.sh" in told
    names = {path.name for path in out.iterdir()}
    assert names == {*SERVICES, "steerco.env", "steerco.caddy", "steerco-server", "put-in-place.sh"}
    assert not any("@{" in path.read_text() for path in out.iterdir())
    assert oct(out.stat().st_mode)[-3:] == "700"
    assert all(oct(path.stat().st_mode)[-3:] == "600" for path in out.iterdir())
    found = settings_in(out)
    assert found["STEERCO_PUBLIC_URL"] == found["STEERCO_TRUSTED_ORIGINS"] == f"https://{HOST}"
    assert (found["STEERCO_SECURE"], found["STEERCO_DATA_DIR"]) == ("1", "/var/lib/steerco")
    assert "STEERCO_DATABASE_URL" not in found
    for name in ("put-in-place.sh", "steerco-server"):
        subprocess.run(["sh", "-n", str(out / name)], check=True)
    # what the script puts in place is what was written
    script = (out / "put-in-place.sh").read_text()
    assert [name for name in names if not re.search(rf"[ /]{re.escape(name)}\b", script)] == []
    web, worker = unit(out / "steerco-web.service"), unit(out / "steerco-worker.service")
    assert web["Service"]["ExecStartPre"] == f"{PROGRAM[1]} up --prepare"
    assert web["Service"]["ExecStart"].startswith(f"{PROGRAM[1]} up --no-worker --workers ")
    assert worker["Service"]["ExecStart"] == f"{PROGRAM[1]} worker"
    assert unit(out / "steerco-backup.service")["Service"]["ExecStart"] == f"{PROGRAM[1]} backup --keep 30"
    assert unit(out / "steerco-backup.timer")["Timer"]["Persistent"] == "true"


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Where systemd is; everywhere else the units are read as above."""
    program = shutil.which("true") or "/bin/true"
    assert main(["install", "--host", HOST, "--out", str(tmp_path), "--program", program]) == 0
    for name in SERVICES:
        assert unit(tmp_path / name)["Unit"]["Description"]
    if shutil.which("systemd-analyze"):
        call = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in SERVICES)]
        found = subprocess.run(call, capture_output=True, text=True, check=False)
        about_ours = [line for line in found.stderr.splitlines() if "steerco" in line]
        assert (found.returncode, about_ours) == (0, [])


def test_nginx_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    own = ("--certificate", "/etc/ssl/pmo.pem", "--key", "/etc/ssl/pmo.key")
    call = ["install", "--host", HOST, "--out", str(tmp_path), *PROGRAM, *own]
    assert main([*call, "--proxy", "nginx"]) == 0
    site = (tmp_path / "steerco.nginx").read_text()
    assert f"server_name {HOST};" in site
    assert "ssl_certificate_key /etc/ssl/pmo.key;" in site
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in site  # never what the caller claims
    assert main(call) == 0
    assert "\ttls /etc/ssl/pmo.pem /etc/ssl/pmo.key\n" in (tmp_path / "steerco.caddy").read_text()


def test_everything_is_tried_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEERCO_OIDC_CLIENT_SECRET", 'a "b" $c `d` \\e #f')
    monkeypatch.setenv("STEERCO_SMTP_PASSWORD", "right")
    out = tmp_path / "server"
    with postgresql() as server, relay() as port, provider(CALLBACK) as identity:
        mail = f"smtp+plain://pmo@127.0.0.1:{port}"
        call = ["install", "--host", HOST, "--out", str(out), *PROGRAM, "--oidc-client", CLIENT]
        url = server.create_database("pmo")
        well = [
            *call,
            "--database",
            url,
            "--smtp",
            mail,
            "--oidc",
            identity.issuer,
            "--oidc-domains",
            "example.org",
        ]
        assert main(well) == 0
        told = capsys.readouterr().out
        assert "database: PostgreSQL" in told
        assert "takes the login pmo" in told
        assert "answers, with 1 keys" in told
        assert CALLBACK in told
        found = settings_in(out)
        assert found["STEERCO_DATABASE_URL"] == url
        assert found["STEERCO_OIDC_CLIENT_SECRET"] == 'a "b" $c `d` \\e #f'
        assert (found["STEERCO_SMTP_PASSWORD"], found["STEERCO_SMTP_TLS"]) == ("right", "0")
        shutil.rmtree(out)
        monkeypatch.setenv("STEERCO_SMTP_PASSWORD", "wrong")
        closed = f"http://127.0.0.1:{free_port()}"
        missing = ["--database", url.replace("/pmo", "/none"), "--smtp", mail, "--oidc", closed]
        assert main([*call, *missing]) == 1
        said = capsys.readouterr().err
        assert "the database does not let us in" in said
        assert "refuses the login pmo" in said
        assert "does not answer at" in said
        assert not out.exists()
        assert main([*call, "--oidc", identity.issuer.replace("127.0.0.1", "localhost")]) == 1
        assert "calls itself" in capsys.readouterr().err
        assert main([*call, *missing, "--no-check"]) == 0


def test_a_relay_without_the_asked_encryption_is_refused() -> None:
    with relay() as port, pytest.raises(Unreachable, match="STARTTLS"):
        try_relay(Relay("127.0.0.1", port, "starttls"))
    assert relay_of("smtps://a%40b@mail.example.org", "p") == Relay(
        "mail.example.org", 465, "tls", "a@b", "p"
    )


def test_a_login_that_may_not_make_tables_is_refused() -> None:
    with postgresql() as server:
        url = server.create_database("shared")
        server._run("psql", "-h", str(server.socket), "-U", "postgres", "-c", "CREATE ROLE guest LOGIN")
        with pytest.raises(Unreachable, match="may not make tables"):
            try_database(url.replace("postgres@", "guest@"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--host", "PMO"), "no host name"),
        (("--host", HOST, "--program", str(HIDDEN_BY_THE_SERVICE[0] / "steerco")), "do not see"),
        (("--host", HOST, *PROGRAM, "--backups", "/a b"), "absolute path"),
        (("--host", HOST, *PROGRAM, "--proxy", "nginx"), "nginx needs them"),
        (("--host", HOST, *PROGRAM, "--oidc", "https://a.example"), "together"),
        (("--host", HOST, *PROGRAM, "--smtp", "mail.example.org"), "no mail relay"),
        (("--host", HOST, *PROGRAM, "--smtp", "smtp://a@mail.example.org"), "password of a is missing"),
        (("--host", HOST, *PROGRAM, "--database", "mysql://a"), "PostgreSQL"),
        (
            ("--host", HOST, *PROGRAM, "--oidc-name", "it's", "--oidc", "https://a.b", "--oidc-client", "c"),
            "quote",
        ),
    ],
)
def test_what_is_refused(
    words: tuple[str, ...],
    why: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEERCO_OIDC_CLIENT_SECRET", "s")
    monkeypatch.chdir(tmp_path)
    assert main(["install", *words, "--no-check"]) == 1
    assert why in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_settings_that_no_environment_file_can_hold() -> None:
    with pytest.raises(ValueError, match="NAME"):
        environment_file({"NAME": "two\nlines"})


class Browser:
    """Somebody behind the TLS proxy: every request comes as the proxy passes it on; cookies are kept by hand."""

    def __init__(self, port: int) -> None:
        self.base, self.cookies = f"http://127.0.0.1:{port}", dict[str, str]()

    def get(self, path: str) -> requests.Response:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = requests.get(self.base + path, headers=headers, allow_redirects=False, timeout=60)
        for cookie in answer.cookies:
            assert cookie.secure
            self.cookies[cookie.name] = cookie.value or ""
        return answer


@pytest.mark.slow
def test_a_server_runs_on_the_written_settings_and_signs_people_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The written environment, the services' own commands, a sign-in through the provider behind the proxy."""
    monkeypatch.setenv("STEERCO_OIDC_CLIENT_SECRET", SECRET)
    out, data, port = tmp_path / "server", tmp_path / "data", free_port()
    data.mkdir()
    with provider(CALLBACK) as identity, postgresql() as server:
        call = ["install", "--host", HOST, "--out", str(out), *PROGRAM, "--port", str(port)]
        call += ["--database", server.create_migrated("pmo"), "--oidc-domains", "example.org"]
        assert (
            main([*call, "--oidc", identity.issuer, "--oidc-client", CLIENT, "--oidc-name", "Example"]) == 0
        )
        environment = {**os.environ, **settings_in(out), "STEERCO_DATA_DIR": str(data)}
        web = unit(out / "steerco-web.service")["Service"]
        steerco = [sys.executable, "-m", "steerco.interfaces.cli.main"]

        def command(line: str) -> list[str]:
            return [*steerco, *line.removeprefix(PROGRAM[1]).split()]

        subprocess.run(command(web["ExecStartPre"]), env=environment, check=True)
        add = ["user", "add", "ann@example.org", "--name", "Ann Hill", "--role", "viewer"]
        subprocess.run([*steerco, *add], env=environment, check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen(command(web["ExecStart"]), env=environment) as serving:
            try:
                while "database" not in ready(port):
                    assert serving.poll() is None
                    time.sleep(0.3)
                assert ready(port)["database"] == "ok"
                assert ready(port)["worker"] == "bad"  # it is a service of its own
                browser = Browser(port)
                leads = browser.get("/accounts/oidc/oidc/login/")
                back = requests.get(leads.headers["Location"], allow_redirects=False, timeout=10)
                assert back.headers["Location"].startswith(CALLBACK)
                landed = browser.get(back.headers["Location"].removeprefix(f"https://{HOST}"))
                assert (landed.status_code, landed.headers["Location"]) == (302, "/")
                home = browser.get("/")
                assert home.status_code == 200
                assert "Ann Hill" in home.text
                assert {"__Host-session", "__Host-csrf"} <= set(browser.cookies)
                assert "max-age=31536000" in home.headers["Strict-Transport-Security"]
            finally:
                serving.terminate()
                serving.wait(60)


def test_a_relay_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steerco.interfaces.cli.connections.SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable, match="timed out"):
        try_relay(Relay("127.0.0.1", silent.getsockname()[1], ""))
