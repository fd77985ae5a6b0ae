"""What can be owed. Apps declare their kinds: the question, the permitted answers, what an answer does.

A kind may also have a source, which says what is owed at the moment; the follow-ups of such a kind are kept equal to
it, so that what is done is no longer asked for, whoever did it and wherever.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from steerco.apps.followups.models import ASKING, FollowUp, LadderStep
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Answer:
    """A permitted answer. `comment`: "" (none is asked), "may" or "must".

    `asks`: what else it needs, kept in the follow-up's `given`: "" (nothing), "until" (a date), "percent".
    `closes`: False for a word in between, after which it is still owed.
    """

    key: str
    label: str | Promise
    comment: str = "may"
    asks: str = ""
    closes: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether one click is enough."""
        return self.comment != "must" and not self.asks


@dataclass(frozen=True)
class Step:
    """Working days after the due date (negative: before), and what happens then (LadderStep.Action)."""

    days: int
    action: str


@dataclass(frozen=True)
class Owed:
    """What a source says is owed now: `part` tells several of one kind about the same entry apart."""

    entry_id: int
    debtor_id: int
    due: date | None
    creditor_id: int | None = None
    part: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Detail:
    """What is shown of the entry beside the question: a template and its context."""

    template: str
    context: dict[str, Any]


def _never(follow_up: FollowUp) -> bool:
    return False


A = LadderStep.Action
LADDER = (Step(-3, A.REMIND), Step(0, A.REMIND), Step(3, A.REMIND), Step(5, A.DEPUTY), Step(8, A.LEAD))
OUTSIDE = Step(3, A.CREDITOR)  # added for somebody outside, who has no deputy: their contact here hears of it


@dataclass(frozen=True)
class Kind:
    """A kind of follow-up.

    `ask(follow_up)`: the question in words. `apply(actor, follow_up, answer, comment)`: what an answer does besides
    being kept; runs in its transaction, with rights on this entry alone. `source(day)`: what is owed on that day.
    `reason`: why it reaches whoever owes it. `needs_sign_in(follow_up)`: whether a link from a mail is not enough;
    `needs_code(follow_up)`: whether it is only with a code that is sent to the person's address when they ask for it.
    `detail(follow_up, address)`: what is shown beside the question; `address` is that of the page which shows it.
    `form(follow_up, address)`: where more is written than an answer ("": nowhere).
    `brief(follow_up)`: what must be read before answering, above the answers. Where the answers depend on what is
    asked, `data["options"]` lists them as [key, label]; they stand before `answers`.
    """

    key: str
    label: str | Promise
    reason: str | Promise
    ask: Callable[[FollowUp], str]
    answers: tuple[Answer, ...]
    apply: Callable[[Actor, FollowUp, str, str], None] | None = None
    source: Callable[[date], Iterable[Owed]] | None = None
    ladder: tuple[Step, ...] = LADDER
    needs_sign_in: Callable[[FollowUp], bool] = _never
    needs_code: Callable[[FollowUp], bool] = _never
    detail: Callable[[FollowUp, str], Detail] | None = None
    brief: Callable[[FollowUp], SafeString] | None = None
    form: Callable[[FollowUp, str], str] | None = None

    def permitted(self, follow_up: FollowUp) -> tuple[Answer, ...]:
        """The answers to this one."""
        options = follow_up.data.get("options", ())
        return (*(Answer(key, label) for key, label in options), *self.answers)

    def answer(self, follow_up: FollowUp, key: str) -> Answer:
        """The permitted answer `key`. Raises LookupError."""
        for answer in self.permitted(follow_up):
            if answer.key == key:
                return answer
        raise LookupError(f"no answer {key} to {self.key}")


_kinds: dict[str, Kind] = {}


def declare_kind(kind: Kind) -> None:
    """Add a kind. Raises ValueError when its key is taken."""
    if _kinds.get(kind.key, kind) is not kind:
        raise ValueError(f"follow-up declared twice: {kind.key}")
    _kinds[kind.key] = kind
    ASKING[kind.key] = kind.ask


def kinds() -> list[Kind]:
    """All kinds, by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def kind_of(follow_up: FollowUp) -> Kind:
    """The kind of a follow-up. Raises LookupError when its app is gone."""
    return _kinds[follow_up.kind]


def ladder_of(kind: Kind, *, outside: bool = False) -> list[Step]:
    """The steps in force for `kind`, in the order of their days: the organisation's own, else those shipped.

    `outside`: for somebody who does not belong to the organisation.
    """
    rows = list(LadderStep.objects.filter(kind__in=(kind.key, "")))
    own = [Step(row.days, row.action) for row in rows if row.kind] or [Step(r.days, r.action) for r in rows]
    shipped = [*kind.ladder, OUTSIDE] if outside else kind.ladder
    return sorted(own or shipped, key=lambda step: step.days)
