"""The index that writes keep is the one that is built from the rows."""

from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.apps.worlds import OPERATOR, initiative, person, record

from steerco.apps.initiatives.services import merge_initiatives, write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers import RiskRegister
from steerco.interfaces.cli.main import main
from steerco.kit.health.checks import State, search
from steerco.kit.history import Change
from steerco.kit.search import indexing
from steerco.kit.search.indexing import rebuild, stale
from steerco.kit.search.models import Recipe, Text

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def kept() -> dict[int, str]:
    """The index as it stands: words in any order."""
    return {pk: " ".join(sorted(words.split())) for pk, words in Text.objects.values_list("pk", "words")}


def found(word: str) -> int:
    """How many rows the database itself finds."""
    if connection.vendor == "sqlite":
        sql = f"SELECT count(*) FROM search_words WHERE search_words MATCH '\"{word}\"'"
    else:
        sql = f"SELECT count(*) FROM search_text WHERE vector @@ '''{word}'''::tsquery"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


texts = st.text(alphabet="aäb-1 ß", max_size=8).filter(str.strip)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), texts, texts),
        st.tuples(st.just("change"), st.integers(0, 9), texts),
        st.tuples(st.just("delete"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("move"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("rename"), st.booleans(), texts),
        st.tuples(st.just("merge"), st.just(0), st.just(0)),
    ),
    max_size=8,
)


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(life=[("rename", True, "1"), ("merge", 0, 0)])
@given(life=steps)
def test_after_any_life_the_index_is_that_of_the_rows(db: None, life: list[tuple[Any, ...]]) -> None:
    codes = count(Text.objects.count())
    places = [initiative(f"P{next(codes)}") for _ in range(2)]
    rows: list[Risk] = []
    for what, one, two in life:
        if what == "write":
            rows.append(record("risk", places[0], one, cause=two))
        elif what == "rename":
            write_initiatives(OPERATOR, [Change({"name": two}, pk=places[one].pk)])
        elif what == "merge":
            merge_initiatives(OPERATOR, [places[0]], places[1], reason="one")
        elif rows:
            row = rows[one % len(rows)]
            if what == "change":
                RiskRegister().write(OPERATOR, [Change({"effect": two, "title": two}, pk=row.pk)])
            elif what == "move":
                RiskRegister().write(OPERATOR, [Change({"initiative": places[two]}, pk=row.pk)])
            else:
                RiskRegister().delete(OPERATOR, [row.pk], restore=two)
    written = kept()
    assert written.keys() >= {Text.id_of(Risk, row.pk) for row in rows}
    rebuild()
    assert kept() == written


def test_an_index_that_is_lost_is_built_anew_and_what_is_gone_leaves_it() -> None:
    place = initiative("P1")
    row, someone = record("risk", place, "Lost words"), person("Nele Neumann")
    before = kept()
    Text.objects.filter(pk=Text.id_of(Risk, row.pk)).update(words="wrong")
    Text.objects.filter(pk=Text.id_of(Person, someone.pk)).delete()
    Text.objects.create(pk=Text.id_of(Risk, 10**9), words="ghost")
    assert (found("lost"), found("neumann"), found("ghost")) == (0, 0, 1)
    rebuild()
    assert kept() == before
    assert (found("lost"), found("neumann"), found("ghost"), found("wrong")) == (1, 1, 0, 0)


def test_another_recipe_makes_an_index_stale_until_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild()
    assert stale() == []
    assert search().state == State.OK
    monkeypatch.setattr(indexing, "VERSION", 10**6)
    assert "raid.risk" in stale()
    assert search().state == State.WARNING
    rebuild(["raid.risk"])
    assert "raid.risk" not in stale()
    assert Recipe.objects.count() == len(indexing._sources)


def test_the_command_builds_it(capsys: pytest.CaptureFixture[str]) -> None:
    record("risk", initiative("P1"), "Steel")
    Text.objects.all().delete()
    assert main(["reindex"]) == 0
    assert found("steel") == 1
    assert "2" in capsys.readouterr().out


def test_many_rows_are_indexed_with_the_statements_of_few() -> None:
    place = initiative("P1")

    def asked(count: int) -> int:
        changes = [Change({"initiative": place, "title": f"Risk {n}"}) for n in range(count)]
        rows = RiskRegister().write(OPERATOR, changes)
        with CaptureQueriesContext(connection) as captured:
            indexing.index(rows)
        return len(captured)

    assert asked(2) == asked(60)
