"""The actor: somebody acting, and how they came in."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Via(StrEnum):
    """The door that an actor came through."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  the door, not a secret
    LINK = "link"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True)
class Actor:
    """Somebody acting through a session, token, mail link, job or command.

    `parties` are the ids of the parties that the actor holds at this moment: their own person and every post and
    body that they hold. `behalf_of` is the party for whom an entry is made (a mail or a call typed in by the
    office); the rights are always the actor's own. `cache` lives as long as the actor: one request or one job.
    """

    user_id: int | None
    label: str
    via: Via
    parties: frozenset[int] = frozenset()
    person_id: int | None = None
    behalf_of: int | None = None
    behalf_source: str = ""
    request_id: str = ""
    scopes: frozenset[str] | None = None  # a token's limits; None: no limit beyond the user's own rights
    trusted: bool = False  # the operator at the console: may do everything, and the journal says so
    cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def operator(cls, label: str, request_id: str = "") -> "Actor":
        """The person at the machine's own console. Not reachable from the network."""
        return cls(user_id=None, label=label, via=Via.COMMAND, trusted=True, request_id=request_id)

    def acting_for(self, party_id: int | None, source: str = "") -> "Actor":
        """The same actor, entering something on behalf of `party_id`, told by `source` (mail, call, file)."""
        return replace(self, behalf_of=party_id, behalf_source=source)

    def itself(self) -> "Actor":
        """This actor; through a request's lazy stand-in, the actor behind it."""
        return self

    @property
    def is_authenticated(self) -> bool:
        """Whether this actor is known at all."""
        return self.user_id is not None or self.trusted
