"""No text that a person reads stands outside translation."""

import re

import pytest
from tests.site.sources import (
    NOT_SHOWN,
    PACKAGE,
    bare_in_command,
    bare_in_python,
    bare_in_template,
    python_files,
    template_files,
)

# Names are the same in every language, each language is called by its own name, and so is a key.
NAMES = {"Steerco", "Deutsch", "English", "Esc"}
# States that only the log and the health page read.
INTERNAL = {"kit/journal/models.py"}
# Of commands: keys of findings, a note in a file that is written, an actor's name, what only a programmer gets wrong.
UNSAID = {
    "test programs",
    "data folder",
    "It fetches and renews certificates by itself.",
    "Example data",
    "a backup cannot be made inside a transaction",
}


def _only_names(text: str) -> bool:
    return set(re.findall(r"[^\W\d_]+", text)) <= NAMES


def test_every_word_of_a_template_is_translated() -> None:
    found = {
        str(path.relative_to(PACKAGE)): bare
        for path in template_files()
        if (bare := [t for t in bare_in_template(path.read_text(encoding="utf-8")) if not _only_names(t)])
    }
    assert found == {}


def test_every_label_and_message_of_a_module_is_translated() -> None:
    shown = [
        path
        for path in python_files()
        if path.relative_to(PACKAGE).parts[0] not in {"engine", "exchange"}
        and not set(path.relative_to(PACKAGE).parts) & set(NOT_SHOWN)
        and str(path.relative_to(PACKAGE)) not in INTERNAL
    ]
    found = {
        str(path.relative_to(PACKAGE)): bare
        for path in shown
        if (bare := bare_in_python(path.read_text(encoding="utf-8")))
    }
    assert len(shown) > 100
    assert found == {}


def test_every_text_of_the_command_line_is_translated() -> None:
    """Nothing that a command prints, says in its help or refuses with stands in English for everybody."""
    commands = [*(PACKAGE / "interfaces" / "cli").glob("*.py"), PACKAGE / "site" / "demo" / "command.py"]
    commands += [*(PACKAGE / "kit" / "backup").glob("*.py"), *(PACKAGE / "kit" / "health").glob("*.py")]
    found = {
        str(path.relative_to(PACKAGE)): bare
        for path in commands
        if (bare := set(bare_in_command(path.read_text(encoding="utf-8"))) - UNSAID)
    }
    assert len(commands) > 25
    assert found == {}


@pytest.mark.parametrize(
    ("module", "bare"),
    [
        ('"""What it does."""\nprint("saved")', ["saved"]),
        ('print(_("saved"))', []),
        ('x = f"{n} rows were read"', [" rows were read"]),
        ('say(_("%(n)s rows were read") % {"n": n})', []),
        ('add("--json", help="answer as JSON")', ["answer as JSON"]),
        ('EXAMPLES = ("steerco up --prepare",)', []),
    ],
)
def test_a_bare_text_of_a_command_is_found(module: str, bare: list[str]) -> None:
    assert bare_in_command(module) == bare


@pytest.mark.parametrize(
    ("template", "bare"),
    [
        ("<p>Saved</p>", ["Saved"]),
        ('<p>{% translate "Saved" %} · {{ count }}</p>', []),
        ("<p>{% blocktranslate %}Saved {{ n }}{% endblocktranslate %} at last</p>", ["at last"]),
        ('<a title="Open it" href="{{ url }}">→</a>', ["Open it"]),
        ('<tr{% if new %} class="sc-added"{% endif %}><td>{{ x }}</td></tr>', []),
        ("{% comment %}Why{% endcomment %}<td>&nbsp;</td>", []),
        ("<script>const words = 1;</script>", []),
    ],
)
def test_a_bare_word_of_a_template_is_found(template: str, bare: list[str]) -> None:
    assert bare_in_template(template) == bare


@pytest.mark.parametrize(
    ("module", "count"),
    [
        ('x = CharField(label="Name")', 1),
        ('x = CharField(label=_("Name"))', 0),
        ('raise Invalid({"name": "Too long."})', 1),
        ('messages.success(request, f"Saved {n}.")', 1),
        ('class Kind(models.TextChoices):\n    RED = "red", _("red")\n    BLUE = "blue"', 1),
    ],
)
def test_a_bare_text_of_a_module_is_found(module: str, count: int) -> None:
    assert len(bare_in_python(module)) == count
