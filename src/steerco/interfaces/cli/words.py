"""The language that the command line speaks, and its words while Django is not set up.

The language is STEERCO_LANGUAGE, else that of the terminal (LC_ALL, LC_MESSAGES, LANG), else English. What `--json`
prints, and what is stored, does not follow it.
"""

import gettext as standard
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import steerco
from steerco import LANGUAGES

LOCALE = Path(steerco.__file__).parent / "site" / "locale"
ENGLISH = LANGUAGES[0]


def language(environment: Mapping[str, str] = os.environ) -> str:
    """The language to speak, one of LANGUAGES. The first variable that is set decides, as the terminal's rules are."""
    for variable in ("STEERCO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if asked := environment.get(variable, "").strip():
            return _closest(asked)
    return ENGLISH


def _closest(asked: str) -> str:
    """The language that is meant by "de", "de-at" or "de_AT.UTF-8@euro"; English when we do not speak it."""
    name = re.split(r"[.@]", asked.lower().replace("_", "-"))[0]
    if name in LANGUAGES:
        return name
    return next((code for code in LANGUAGES if code.split("-")[0] == name.split("-")[0]), ENGLISH)


def gettext(text: str) -> str:
    """`text` in the language to speak, read with Python's own means: it needs no Django and no settings."""
    return _catalogue(language()).gettext(text)


def gettext_noop(text: str) -> str:
    """`text`, marked for translation where it is shown."""
    return text


@cache
def _catalogue(code: str) -> standard.NullTranslations:
    return standard.translation("django", str(LOCALE), [code], fallback=True)
