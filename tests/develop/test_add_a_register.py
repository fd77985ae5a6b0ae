"""The recipe for a register, followed to the letter in a copy of the source: everything that it promises is there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import migrated

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs/develop/add-a-register.md"
GERMAN = "src/steerco/site/locale/de/LC_MESSAGES/django.po"
pytestmark = pytest.mark.slow


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Each code block of the recipe in `language`, with the file that the text before it names last."""
    text = RECIPE.read_text("utf-8")
    for block in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if block[1] == language:
            named = re.findall(r"`(src/[\w./]+)`", text[: block.start()])
            yield named[-1] if named else "", block[2]


def add_python(file: Path, block: str) -> None:
    """The block's imports among the file's imports, the rest at its end."""
    imports = "".join(re.findall(r"^from .* import .*\n", block, re.MULTILINE))
    rest = re.sub(r"^from .* import .*\n", "", block, flags=re.MULTILINE).strip("\n")
    text = file.read_text("utf-8")
    last = list(re.finditer(r"^(?:from|import) [^(\n]*(?:\([^)]*\))?\n", text, re.MULTILINE))[-1].end()
    file.write_text(f"{text[:last]}{imports}{text[last:]}\n\n{rest}\n", encoding="utf-8")


def add_german(file: Path, block: str) -> None:
    """The block's entries, but those that the catalogue has already."""
    known = set(re.findall(r'^msgid (".*")$', file.read_text("utf-8"), re.MULTILINE))
    entries = [entry for entry in block.strip().split("\n\n") if entry.split("\n")[0][6:] not in known]
    with file.open("a", encoding="utf-8") as catalogue:
        catalogue.write("\n" + "\n\n".join(entries) + "\n")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the clone in which the recipe was followed."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    edits = list(blocks("python"))
    assert [Path(file).name for file, _ in edits] == ["states.py", "models.py", "registers.py"]
    for name, block in edits:
        add_python(copy / name, block)
    for _, block in blocks("sh"):
        program, *words = shlex.split(block)
        assert program == "python"
        run(copy, *words)
    for name, block in blocks("po"):
        assert name == GERMAN
        add_german(copy / name, block)
    run(copy, "-m", "steerco.site.catalogues", "src")
    return copy


def run(copy: Path, *words: str) -> str:
    """Run Python in the copy, on a data folder of its own; returns what it told, fails when it fails."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
        "STEERCO_DATA_DIR": str(copy / "data"),
        "STEERCO_TEST_TABLES": str(migrated()),
    }
    environment.pop("STEERCO_DATABASE_URL", None)
    ended = subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{words}:\n{ended.stdout[-6000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def test_the_new_register_does_all_that_is_promised_and_the_standard_tests_run_for_it(followed: Path) -> None:
    """Those of this folder for it, and by themselves those of every register."""
    files = ["tests/develop/site_visit_log.py", "tests/registers/test_every_register.py"]
    told = run(
        followed, "-m", "pytest", "-n", "0", "-v", "-p", "no:cacheprovider", "-k", "site_visit", *files
    )
    assert "skipped" not in told
    of_each = [len(re.findall(rf"^{re.escape(name)}\S* PASSED", told, re.MULTILINE)) for name in files]
    assert of_each[0] == len(re.findall(r"^def test_", (ROOT / files[0]).read_text("utf-8"), re.MULTILINE))
    assert of_each[1] >= 12


def test_the_code_is_as_clean_as_the_rest(followed: Path) -> None:
    """Order of imports aside, which `ruff check --fix` puts right."""
    files = [name for name, _ in blocks("python")]
    run(followed, "-m", "ruff", "check", "--fix", "--quiet", *files)
    run(followed, "-m", "ruff", "format", "--check", *files)
