"""Write the files that turn a trial into a server: settings, services, nightly backup, TLS proxy."""

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco import LANGUAGES
from steerco.interfaces.cli.connections import (
    Relay,
    Unreachable,
    relay_of,
    try_database,
    try_provider,
    try_relay,
)
from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.refusal import Refused
from steerco.interfaces.cli.server_files import CALLBACK, PROXY_COMMANDS, Server, files_of

HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII)
PATH = re.compile(r"/[\w./-]+", re.ASCII)  # systemd, nginx and sh read such a path alike
HIDDEN_BY_THE_SERVICE = (Path("/home"), Path("/root"), Path("/tmp"))  # noqa: S108  named, not used


MANUAL = Manual(
    gettext_lazy(
        "Write the files that turn a trial into a server: settings, services, nightly backup, TLS proxy."
    ),
    (
        "steerco install --host pmo.example.org",
        """steerco install --host pmo.example.org --out steerco-server \\
      --database postgresql://steerco:PASSWORD@127.0.0.1/steerco \\
      --smtp smtp://steerco@smtp.example.org:587 --mail-from pmo@example.org \\
      --oidc https://login.microsoftonline.com/TENANT/v2.0 --oidc-client ID --oidc-domains example.org""",
    ),
    gettext_lazy(
        "The database, the mail relay and the identity provider are tried first. Nothing outside the folder is "
        "touched: what lies there is for a person to read and to put in place (`put-in-place.sh` does it). It "
        "needs no root."
    ),
    gettext_lazy(
        "Passwords are asked for, or read from STEERCO_SMTP_PASSWORD and STEERCO_OIDC_CLIENT_SECRET; the database's "
        "whole address may stand in STEERCO_DATABASE_URL. docs/guide/admin.md is the page about all of it."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--host and what the server is connected to."""
    own = Path(sys.executable).with_name("steerco")
    parser.add_argument("--host", required=True, help=_("the name that people type: pmo.example.org"))
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("steerco-server"),
        metavar=_("DIR"),
        help=_("where the files go (steerco-server)"),
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("STEERCO_DATABASE_URL", ""),
        metavar="URL",
        help=_("postgresql://user:password@host/name; without one: SQLite"),
    )
    parser.add_argument(
        "--smtp",
        metavar="URL",
        help=_("smtp://user@host:587 (STARTTLS), smtps://user@host:465 or smtp+plain://host:25"),
    )
    parser.add_argument("--mail-from", metavar=_("ADDRESS"), help=_("the sender (default: steerco@HOST)"))
    parser.add_argument("--oidc", metavar="ISSUER", help=_("the address of the OpenID provider's issuer"))
    parser.add_argument("--oidc-client", metavar="ID", help=_("the client id that the provider gave"))
    parser.add_argument(
        "--oidc-name", default=_("Single sign-on"), metavar=_("NAME"), help=_("what the link says")
    )
    parser.add_argument(
        "--oidc-domains", default="", metavar="DOMAIN,…", help=_("your own mail domains (Entra needs them)")
    )
    parser.add_argument("--proxy", choices=PROXY_COMMANDS, default="caddy", help=_("the TLS proxy (caddy)"))
    parser.add_argument(
        "--certificate", default="", metavar=_("FILE"), help=_("your own certificate, with its chain")
    )
    parser.add_argument("--key", default="", metavar=_("FILE"), help=_("its private key"))
    parser.add_argument(
        "--backups",
        default="/var/backups/steerco",
        metavar=_("DIR"),
        help=_("where backups go (/var/backups/steerco)"),
    )
    parser.add_argument("--keep", type=int, default=30, metavar="N", help=_("backups to keep (30)"))
    parser.add_argument("--port", type=int, default=8000, help=_("the port behind the proxy (8000)"))
    parser.add_argument(
        "--program",
        default=str(own),
        metavar=_("FILE"),
        help=_("the command to run (%(file)s)") % {"file": own},
    )
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help=_("the language (en-gb)"))
    parser.add_argument(
        "--time-zone", default="UTC", metavar=_("ZONE"), help=_("such as Europe/Berlin (UTC)")
    )
    parser.add_argument("--no-check", action="store_true", help=_("connect to nothing; only write the files"))


def run(args: argparse.Namespace) -> int:
    """Try the connections, write the files, say what comes next."""
    _require_sound(args)
    settings, tries = _settings(args)
    server = Server(
        host=args.host,
        program=args.program,
        backups=args.backups,
        proxy=args.proxy,
        certificate=args.certificate,
        key=args.key,
        port=args.port,
        workers=min(4, os.cpu_count() or 1),
        keep=args.keep,
        settings=settings,
    )
    try:
        files = files_of(server)
    except ValueError as error:
        raise Refused(str(error)) from error
    if not args.no_check:
        _try_all(tries)
    _write(args.out, files)
    print(_what_next(args, server))
    return 0


def _require_sound(args: argparse.Namespace) -> None:
    if not HOST.fullmatch(args.host):
        raise Refused(
            _("%(host)s is no host name; write it as pmo.example.org, in lower case") % {"host": args.host}
        )
    for name in ("program", "backups", "certificate", "key"):
        value = getattr(args, name)
        if value and not PATH.fullmatch(value):
            raise Refused(
                _("--%(name)s must be an absolute path of letters, digits, `.`, `-`, `_` and `/`: %(value)s")
                % {"name": name, "value": value}
            )
    if bool(args.certificate) != bool(args.key) or (args.proxy == "nginx" and not args.certificate):
        raise Refused(
            _("give --certificate and --key together; nginx needs them, Caddy fetches its own without")
        )
    if any(Path(args.program).is_relative_to(folder) for folder in HIDDEN_BY_THE_SERVICE):
        raise Refused(
            _(
                "the services do not see %(program)s; install Steerco in /opt/steerco (docs/guide/admin.md), or name "
                "the command there: --program /opt/steerco/.venv/bin/steerco"
            )
            % {"program": args.program}
        )
    if bool(args.oidc) != bool(args.oidc_client):
        raise Refused(_("give --oidc and --oidc-client together"))


def _settings(args: argparse.Namespace) -> tuple[dict[str, str], list[Callable[[], str]]]:
    """The settings that are asked for, and the connections to try."""
    settings = {"STEERCO_LANGUAGE": args.language, "STEERCO_TIME_ZONE": args.time_zone}
    tries: list[Callable[[], str]] = []
    if args.database:
        if urlsplit(args.database).scheme not in ("postgres", "postgresql"):
            raise Refused(
                _("--database is the address of a PostgreSQL: postgresql://user:password@host/name")
            )
        settings["STEERCO_DATABASE_URL"] = args.database
        tries.append(lambda: try_database(args.database))
    if args.smtp:
        relay = _relay(args.smtp)
        settings |= {
            "STEERCO_SMTP_HOST": relay.host,
            "STEERCO_SMTP_PORT": str(relay.port),
            "STEERCO_SMTP_USER": relay.user,
            "STEERCO_SMTP_PASSWORD": relay.password,
            "STEERCO_SMTP_TLS": str(int(relay.tls == "starttls")),
            "STEERCO_SMTP_SSL": str(int(relay.tls == "tls")),
            "STEERCO_MAIL_FROM": args.mail_from or f"steerco@{args.host}",
        }
        tries.append(lambda: try_relay(relay))
    if args.oidc:
        issuer = args.oidc.rstrip("/")
        settings |= {
            "STEERCO_OIDC_ISSUER": issuer,
            "STEERCO_OIDC_CLIENT_ID": args.oidc_client,
            "STEERCO_OIDC_CLIENT_SECRET": _secret("STEERCO_OIDC_CLIENT_SECRET", _("the client secret")),
            "STEERCO_OIDC_NAME": args.oidc_name,
            "STEERCO_OIDC_DOMAINS": args.oidc_domains,
        }
        tries.append(lambda: try_provider(issuer))
    return settings, tries


def _relay(address: str) -> Relay:
    try:
        relay = relay_of(address)
        if relay.user and not relay.password:
            relay = relay_of(
                address,
                _secret("STEERCO_SMTP_PASSWORD", _("the password of %(login)s") % {"login": relay.user}),
            )
    except ValueError as error:
        raise Refused(str(error)) from error
    return relay


def _secret(variable: str, what: str) -> str:
    """A secret from the environment, else typed by the person at the keyboard."""
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise Refused(_("%(what)s is missing; set %(variable)s") % {"what": what, "variable": variable})
    return getpass.getpass(f"{what[0].upper()}{what[1:]}: ")


def _try_all(tries: list[Callable[[], str]]) -> None:
    """Try everything, tell all that is wrong at once. Raises Refused."""
    wrong = []
    for attempt in tries:
        try:
            print(attempt())
        except Unreachable as error:
            wrong.append(str(error))
    if wrong:
        raise Refused(
            _("%(wrong)s (nothing was written; --no-check writes without looking)")
            % {"wrong": "; ".join(wrong)}
        )


def _write(folder: Path, files: dict[str, str]) -> None:
    """The files, for the present account only: one holds passwords."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for name, text in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")


def _what_next(args: argparse.Namespace, server: Server) -> str:
    steps = [
        _("The files are in %(folder)s; nothing else was touched. Read them, then:") % {"folder": args.out},
        "",
    ]
    if args.oidc:
        steps += [
            "  " + _("enter this address at the identity provider:"),
            f"      {server.url}{CALLBACK}",
        ]
    steps += [
        "  " + _("put the files in place and start:"),
        f"      sudo sh {args.out}/put-in-place.sh",
        "  " + _("make the first account (it has a password, for the day that single sign-on is down):"),
        '      sudo steerco-server user add you@example.org --name "Your Name" --role administrator',
        "  " + _("look whether all is well:"),
        "      sudo steerco-server doctor",
        "  " + _("and open %(address)s") % {"address": server.url},
    ]
    return "\n".join(steps)
