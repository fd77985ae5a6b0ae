"""Prepare an installation with example data, write a first pack, and serve it."""

import argparse
import os
import time
from pathlib import Path

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from steerco.apps.initiatives.models import Initiative
from steerco.apps.reporting.models import Pack
from steerco.interfaces.cli import up
from steerco.interfaces.cli.pack import build, copy_files
from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import Say, prepare
from steerco.interfaces.cli.refusal import Refused
from steerco.site.demo.accounts import PASSWORD
from steerco.site.demo.city import load_city
from steerco.site.demo.people import DEMO_PEOPLE
from steerco.site.demo.published import load_published
from steerco.site.demo.timeline import acting

FOLDER = Path("demo-pack")
FORMATS = ("pptx", "pdf", "docx", "xlsx")
STEPS = (
    gettext_lazy("Open the red project and read why it is red"),
    gettext_lazy("Change a risk and look at its history"),
    gettext_lazy("Move a milestone and see the forecast against the baseline"),
    gettext_lazy("Build the board pack and download the PowerPoint"),
)


MANUAL = Manual(
    gettext_lazy("Prepare an installation with example data, write a first pack, and serve it."),
    (
        ("steerco demo", gettext_lazy("http://127.0.0.1:8000, with a role switcher in the page")),
        "steerco demo --port 9000",
        ("steerco demo --no-serve", gettext_lazy("only prepare; then: STEERCO_DEMO=1 steerco up")),
    ),
    gettext_lazy(
        "Two examples are loaded: seven years of the UK government's major projects as published, and Northwind City, "
        "a small portfolio with eighteen months of history up to today. A second run finds them and changes nothing. "
        "“Remove example data” (Admin) takes away exactly what came with them."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--no-serve, --port."""
    port = int(os.environ.get("PORT", "8000"))
    parser.add_argument("--no-serve", action="store_true", help=_("only prepare, then end"))
    parser.add_argument("--port", type=int, default=port, help=_("the port to serve on (PORT, else 8000)"))


def run(args: argparse.Namespace) -> int:
    """Prepare, load, write the first pack, tell, serve."""
    prepare(print)
    load(print)
    for path in first_pack(FOLDER):
        print(_("Pack: %(file)s") % {"file": path})
    print(told(args.port))
    if args.no_serve:
        return 0
    os.environ["STEERCO_DEMO"] = "1"  # the web server and the worker inherit it
    return up.serve(args.port)


def load(say: Say) -> None:
    """Load what is not there yet. The city first: its history lies before the day on which the rest is loaded.

    Raises Refused on an installation that is in use: events of the past would be told after its own.
    """
    if not Initiative.objects.exclude(example="").exists() and Initiative.objects.exists():
        raise Refused(
            _(
                "this installation is in use; load the example into another: STEERCO_DATA_DIR=demo-data steerco demo"
            )
        )
    for what, load_one in (
        (_("Northwind City, eighteen months up to today"), load_city),
        (_("UK Government Major Projects Portfolio, 2014 to 2020"), load_published),
    ):
        started = time.monotonic()
        with override(settings.LANGUAGE_CODE):  # what is stored does not follow the terminal
            loaded = load_one()
        if loaded:
            seconds = number_format(round(time.monotonic() - started))
            say(_("Loaded: %(what)s (%(seconds)s s)") % {"what": what, "seconds": seconds})


def first_pack(folder: Path) -> list[Path]:
    """The pack of Northwind City's newest reports in all formats, built once, copied into `folder`."""
    actor = acting("Example data")
    initiative = Initiative.objects.get(code="NWC", example="northwind")
    built = Pack.objects.filter(initiative=initiative, requested_label=actor.label, state=Pack.State.READY)
    return copy_files(built.first() or build(actor, initiative, FORMATS, quiet=True), folder)


def told(port: int) -> str:
    """What to do next: the address, who can sign in, four steps."""
    width = max(len(p.email) for p in DEMO_PEOPLE)
    people = [f"  {p.email:<{width}}  {p.name:<16}  {p.label}" for p in DEMO_PEOPLE]
    steps = [f"  {number}. {step}" for number, step in enumerate(STEPS, 1)]
    address = _("Open %(address)s") % {"address": f"http://{up.HOST}:{port}"}
    return "\n".join(
        [
            "",
            address,
            "",
            _("Sign in as (password: %(password)s)") % {"password": PASSWORD},
            *people,
            "",
            _("Four steps"),
            *steps,
            "",
        ]
    )
