"""Look at everything that can be wrong with this installation, and say what to do."""

import argparse
import dataclasses
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from importlib import resources

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli import backup
from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.kit import clock
from steerco.kit.health import checks
from steerco.kit.health.checks import Finding, State

FONTS = ("Carlito-Regular.ttf", "Carlito-Bold.ttf", "DejaVuSans.ttf")
FOR_TESTS = ("chromium", "soffice", "pdftotext")


MANUAL = Manual(
    gettext_lazy("Look at everything that can be wrong with this installation, and say what to do."),
    ("steerco doctor", "steerco doctor --json"),
    gettext_lazy("Exit status 1 when something is bad; warnings alone are 0."),
)
STATES = {
    State.OK: gettext_lazy("ok"),
    State.WARNING: gettext_lazy("warning"),
    State.BAD: gettext_lazy("bad"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Print the findings."""
    findings = look()
    well = all(finding.state != State.BAD for finding in findings)
    if args.json:
        told = {"well": well, "findings": [dataclasses.asdict(finding) for finding in findings]}
        print(json.dumps(told, indent=1))
    else:
        for finding in findings:
            state = str(STATES[finding.state]).upper()
            print(f"{state:<8} {checks.NAMES[finding.name]!s:<12} {finding.detail}")
    return 0 if well else 1


def look() -> list[Finding]:
    """All findings; those that read tables only once the schema is this version's."""
    findings = [python(), checks.data_folder(), checks.disk(), checks.database()]
    if checks.answers():
        findings.append(checks.migrations())
        if findings[-1].state == State.OK:
            findings += [checks.worker(), checks.sealing(), checks.search()]
            findings += [checks.jobs(), checks.mail(), checks.pauses()]
    return [*findings, backups(), fonts(), address(), programs()]


def python() -> Finding:
    """The version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", State.OK if sys.version_info >= (3, 11) else State.BAD, version)


def backups() -> Finding:
    """There is a backup of this week where `steerco backup` writes; elsewhere the doctor cannot look."""
    found = sorted(backup.folder().glob(backup.NAMES), key=lambda p: p.stat().st_mtime)
    if not found:
        return Finding(
            "backup",
            State.WARNING,
            _("none in %(folder)s; run: steerco backup") % {"folder": backup.folder()},
        )
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    state = State.OK if clock.now() - made < timedelta(days=7) else State.WARNING
    return Finding("backup", state, f"{found[-1].name}")


def fonts() -> Finding:
    """The fonts that packs are measured and set with."""
    folder = resources.files("steerco.exchange.packs.fonts")
    missing = [name for name in FONTS if not folder.joinpath(name).is_file()]
    return (
        Finding("fonts", State.BAD, _("missing: %(names)s") % {"names": ", ".join(missing)})
        if missing
        else Finding("fonts", State.OK, _("there"))
    )


def address() -> Finding:
    """Links in mails lead here; a public address is served over TLS."""
    url = settings.PUBLIC_URL
    if url.startswith("https://") and not settings.SECURE:
        told = _("%(address)s, but STEERCO_SECURE is not set: cookies would go unprotected")
        return Finding("address", State.BAD, told % {"address": url})
    return Finding("address", State.OK, url)


def programs() -> Finding:
    """What only the tests need."""
    missing = [name for name in FOR_TESTS if shutil.which(name) is None]
    told = (
        _("not there: %(names)s (only make test needs them)") % {"names": ", ".join(missing)}
        if missing
        else _("there")
    )
    return Finding("test programs", State.OK, told)
