"""The house rules that no other tool checks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src/steerco"
FORBIDDEN_NAMES = frozenset({"manager", "handler", "processor", "helper", "utils", "common", "misc", "core"})
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(path for path in SOURCE.rglob("templates/**/*") if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name)
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name)
def test_a_module_is_named_after_its_topic(path: Path) -> None:
    words = {
        word.rstrip("s") for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")
    }
    assert not words & {word.rstrip("s") for word in FORBIDDEN_NAMES}


def imports(path: Path) -> Iterator[tuple[ast.Import | ast.ImportFrom, tuple[str, ...]]]:
    """Each import of a module with the functions and classes that it stands in."""

    def walk(
        node: ast.AST, inside: tuple[str, ...]
    ) -> Iterator[tuple[ast.Import | ast.ImportFrom, tuple[str, ...]]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child, inside
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from walk(child, (*inside, child.name) if named else inside)  # type: ignore[attr-defined]

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), ())


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_stand_at_the_top(path: Path) -> None:
    hidden = [node.lineno for node, inside in imports(path) if inside]
    if path.name == "apps.py":  # the models exist only in ready()
        hidden = [node.lineno for node, inside in imports(path) if inside and inside[-1] != "ready"]
    assert hidden == []


WRITING = frozenset(
    {
        "create",
        "bulk_create",
        "update",
        "bulk_update",
        "delete",
        "get_or_create",
        "update_or_create",
        "aupdate",
    }
)


def chain(node: ast.expr) -> list[str]:
    """`Party.objects.filter(...).update` as ["Party", "objects", "filter", "update"]; [] when it starts elsewhere."""
    match node:
        case ast.Name(id=first):
            return [first]
        case ast.Attribute(value=before, attr=last):
            return [*chain(before), last] if chain(before) else []
        case ast.Call(func=called):
            return chain(called)
        case _:
            return []


@pytest.mark.parametrize("path", [p for p in MODULES if p.is_relative_to(SOURCE / "apps")], ids=name)
def test_an_app_writes_the_rows_of_another_only_through_its_services(path: Path) -> None:
    own = path.relative_to(SOURCE / "apps").parts[0]
    foreign = {
        alias.asname or alias.name
        for node, _ in imports(path)
        if isinstance(node, ast.ImportFrom)
        and re.fullmatch(rf"steerco\.apps\.(?!{own}\b)\w+\.models", node.module or "")
        for alias in node.names
    }
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    chains = [(node.lineno, chain(node.func)) for node in calls]
    written = [
        (line, words) for line, words in chains if words and words[0] in foreign and words[-1] in WRITING
    ]
    assert written == []


PAGES = [path for path in TEMPLATES if path.name != "mail.html"]  # mail programs know no stylesheet


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_carries_no_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:|\shx-on|\|\s*safe\b", re.I
    )
    assert inline.findall(text) == []


def test_every_model_says_how_it_is_read() -> None:
    ours = [m for m in apps.get_models() if m.__module__.startswith("steerco.")]
    assert ours
    assert [m._meta.label for m in ours if not hasattr(m, "access")] == []


def test_what_is_said_to_work_names_a_test_that_exists() -> None:
    """A row of docs/capabilities.md that says `works` names a test as `tests/file.py::function`; so may others."""
    rows = [
        line.split("|")
        for line in (ROOT / "docs/capabilities.md").read_text().splitlines()
        if line.startswith("|")
    ]
    assert len(rows) > 100
    missing = []
    for row in rows:
        tests = re.findall(r"(tests/[\w/.]+\.py)::(\w+)", "|".join(row))
        if row[3].strip().startswith("works") and not tests:
            missing.append(row[1])
        for file, function in tests:
            source = ROOT / file
            if not source.exists() or not re.search(
                rf"^\s*(async )?def {function}\(", source.read_text(), re.M
            ):
                missing.append(f"{row[1].strip()}: {file}::{function}")
    assert missing == []
