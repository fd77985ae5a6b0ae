"""The rows that somebody sees are the same whether their reach is written out as ids or left to subqueries."""

import pytest
from django.db.models import Model
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.initiatives import policy
from steerco.apps.initiatives.models import Entry, Holding, Initiative, Post
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Party
from steerco.apps.raid.models import Risk
from steerco.kit.permissions import Actor, visible_to

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MODELS: tuple[type[Model], ...] = (Initiative, Risk, Entry, Post, Holding)


def seen(who: Actor) -> dict[str, set[int]]:
    return {
        m.__name__: set(visible_to(m._default_manager.all(), who).values_list("pk", flat=True))
        for m in MODELS
    }


@pytest.mark.parametrize("few", [-1, 0, 2, 2000])
def test_few_ids_and_many_show_the_same(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    top, other = initiative("TOP"), initiative("OTHER")
    inside, secret = initiative("IN", top), initiative("SECRET", top)
    who = person("Lena Lead", "portfolio_manager", top, staff=False)
    records = [record("risk", where, f"Risk of {where.code}") for where in (top, other, inside, secret)]
    owned = record("risk", other, "Hers elsewhere", owner=who.party)
    let_in = record("risk", other, "Let in")
    restrict(OPERATOR, secret, [person("Otto Other").party_id])
    restrict(OPERATOR, let_in, [who.party_id])
    monkeypatch.setattr(policy, "FEW", few)
    found = seen(actor(who))
    assert found["Initiative"] == {top.pk, inside.pk}
    assert found["Risk"] == {records[0].pk, records[2].pk, owned.pk, let_in.pk}
    assert {owned.entry_id, let_in.entry_id} <= found["Entry"]
    assert records[3].entry_id not in found["Entry"]
    assert len(found["Post"]) == len(found["Holding"]) == 1


def test_what_is_named_later_is_seen_at_once() -> None:
    other = initiative("OTHER")
    who = actor(person("Lena Lead", staff=False))
    assert seen(who)["Risk"] == set()
    row = record("risk", other, "Hers", owner=Party.objects.get(pk=min(who.parties)))
    assert seen(who)["Risk"] == {row.pk}
