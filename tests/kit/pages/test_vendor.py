"""Vendored browser assets: listed with licence and hash, self-contained, small enough to ship."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = [
    ROOT / "src/steerco/kit/pages/static/steerco/vendor",
    ROOT / "tests/e2e/vendor",
]
LIMIT_BYTES = 1_500_000
FETCHES = re.compile(
    r"""url\(\s*["']?(?:https?:)?//"""  # stylesheet reference to another host
    r"""|@import\s*["']\s*(?:https?:)?//"""
    r"""|sourceMappingURL=(?!data:)"""
    r"""|\bimport\s*\(\s*["']https?:"""
    r"""|importScripts\(\s*["']https?:"""
    r"""|(?:\bfetch\(|\.open\(["']\w+["'],|\.src\s*=)\s*["'](?:https?:)?//""",
    re.IGNORECASE,
)
ENTRIES = [
    (folder, entry) for folder in FOLDERS for entry in json.loads((folder / "vendor.json").read_text())
]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[entry["file"] for _, entry in ENTRIES])
def test_listed_file_has_its_hash_licence_and_size(folder: Path, entry: dict[str, str]) -> None:
    content = (folder / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) <= LIMIT_BYTES
    assert {"name", "version", "licence"} <= entry.keys()
    assert (folder / entry["file"]).with_name("LICENSE").read_text().strip()


@pytest.mark.parametrize("folder", FOLDERS, ids=["site", "tests"])
def test_every_asset_is_listed(folder: Path) -> None:
    listed = {entry["file"] for entry in json.loads((folder / "vendor.json").read_text())}
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in {".js", ".mjs", ".css", ".woff2", ".svg"}
    }
    assert present == listed


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[entry["file"] for _, entry in ENTRIES])
def test_no_asset_fetches_from_another_host(folder: Path, entry: dict[str, str]) -> None:
    path = folder / entry["file"]
    if path.suffix == ".woff2":
        assert path.read_bytes()[:4] == b"wOF2"
        return
    assert FETCHES.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "a{background:url(https://fonts.example/x.woff2)}",
        "a{background:url('//fonts.example/x')}",
        '@import "https://fonts.example/a.css";',
        "//# sourceMappingURL=a.js.map",
        "fetch('https://collect.example/')",
        "image.src='//collect.example/p.gif'",
    ],
)
def test_the_search_recognises_what_it_forbids(text: str) -> None:
    assert FETCHES.search(text)
