"""The texts of the sources, found without GNU gettext: what is marked for translation and what should be."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

import steerco
from steerco.site.catalogues import CONTEXT, PLURAL

PACKAGE = Path(steerco.__file__).parent
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURALS_WITH_CONTEXT = {"npgettext", "npgettext_lazy"}
QUOTED = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({QUOTED}(?:\s*,\s*{QUOTED})*)")
SAID_ATTRIBUTES = {"title", "placeholder", "alt", "aria-label", "aria-description", "label"}
WORD = re.compile(r"[^\W\d_]{2}")
NOT_SHOWN = ("migrations", "demo")
SAID_ARGUMENTS = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "placeholder",
    "empty_label",
    "plural",
    "description",
    "help",
}
SAID_CALLS = {
    "Invalid",
    "ValidationError",
    "Denied",
    "success",
    "error",
    "Refused",
    "Unreachable",
    "BadBackup",
    "ArgumentTypeError",
    "_unusable",
}
# What somebody types, the languages of databases and machines, and the names of things: the same in every language.
TYPED = re.compile(
    r"\s*(sudo |PORT=|STEERCO_\w+=|steerco\b|/|SELECT |SHOW |PRAGMA |BEGIN |VACUUM |install -m|nginx -t|# )"
)


def python_files() -> list[Path]:
    """Every module of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def template_files() -> list[Path]:
    """Every template of the package."""
    return sorted(PACKAGE.rglob("*.html"))


def marked_keys() -> set[str]:
    """Every text marked for translation, keyed as the binary catalogue keys it."""
    found: set[str] = set()
    for path in python_files():
        found |= set(_marked_in_python(ast.parse(path.read_text(encoding="utf-8"))))
    for path in [*template_files(), *sorted(PACKAGE.rglob("templates/**/*.txt"))]:
        found |= set(_marked_in_template(path.read_text(encoding="utf-8")))
    return found


def _marked_in_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            key = _key(_name(node), texts)
            if key:
                yield key


def _marked_in_template(source: str) -> Iterator[str]:
    for name, arguments in CALL.findall(templatize(source)):
        key = _key(name, [ast.literal_eval(text) for text in re.findall(QUOTED, arguments)])
        if key:
            yield key


def _key(name: str, texts: list[str]) -> str | None:
    if name in SINGLE and len(texts) >= 1:
        return texts[0]
    if name in PLURALS and len(texts) >= 2:
        return texts[0] + PLURAL + texts[1]
    if name in WITH_CONTEXT and len(texts) >= 2:
        return texts[0] + CONTEXT + texts[1]
    if name in PLURALS_WITH_CONTEXT and len(texts) >= 3:
        return texts[0] + CONTEXT + texts[1] + PLURAL + texts[2]
    return None


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


class Said(HTMLParser):
    """The texts that a page shows or reads out: between its tags and in its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._silent += 1
        self.texts += [value for name, value in attrs if name in SAID_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def bare_in_template(source: str) -> list[str]:
    """The words of a template that stand in no translation tag."""
    kept, inside = [], False
    for token in Lexer(source).tokenize():
        word = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if word in {"blocktranslate", "comment"}:
            inside = True
        elif word in {"endblocktranslate", "endcomment"}:
            inside = False
        elif token.token_type is TokenType.TEXT and not inside:
            kept.append(token.contents)
        elif token.token_type is TokenType.VAR and not inside:
            kept.append("0")
        elif word:
            kept.append(" ")
    page = re.sub(r"<\s+", "<", "".join(kept))  # a tag whose name an {% if %} chooses
    return [text.strip() for text in Said(page).texts if WORD.search(re.sub(r"&\w+;", "", text))]


def bare_in_python(source: str) -> list[str]:
    """The labels, messages and names of choices that a module shows without translating them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            shown = [k.value for k in node.keywords if k.arg in SAID_ARGUMENTS]
            if _name(node) in SAID_CALLS:
                shown += [a for a in node.args if not _is_key(a)]
                shown += [value for a in node.args if isinstance(a, ast.Dict) for value in a.values]
            found += [ast.unparse(value) for value in shown if _is_sentence(value)]
        elif isinstance(node, ast.ClassDef) and any("TextChoices" in ast.unparse(b) for b in node.bases):
            found += [
                ast.unparse(line)
                for line in node.body
                if isinstance(line, ast.Assign) and not _has_translated_name(line.value)
            ]
    return found


def bare_in_command(source: str) -> list[str]:
    """The sentences of a command that it prints in English whatever language is spoken, and what it prints bare."""
    tree = ast.parse(source)
    silent = {id(node) for node in _unspoken(tree)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in silent:
            text = _text_of(node)
            if re.search(r"[^\W\d_]{2} [^\W\d_]{2}", text) and not TYPED.match(text):
                found.append(text)
        elif isinstance(node, ast.Call) and _name(node) in {"print", "say"}:
            texts = [_text_of(a) for a in node.args]
            found += [text for text in texts if WORD.search(text) and not TYPED.match(text)]
    return found


def _unspoken(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of a module that nobody is told as they stand: docstrings, what is marked, what an f-string holds."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and _name(node) in SINGLE | PLURALS | WITH_CONTEXT | PLURALS_WITH_CONTEXT
        ):
            yield from ast.walk(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from (
                part for part in ast.walk(node) if part is not node and isinstance(part, ast.Constant)
            )


def _text_of(node: ast.expr) -> str:
    """The literal words of a string; nothing of any other expression."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(value) for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(_is_sentence(value) for value in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORD.search(node.value))


def _is_key(node: ast.expr) -> bool:
    """Whether it is the name of an action or of a state, not a sentence."""
    return isinstance(node, ast.Constant) and bool(re.fullmatch(r"[a-z_.]+", str(node.value)))


def _has_translated_name(value: ast.expr) -> bool:
    return isinstance(value, ast.Tuple) and isinstance(value.elts[-1], ast.Call)
