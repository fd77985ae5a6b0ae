"""A small IMAP server on this machine, for one test: one user, folders in memory, an end of its own."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "office", 'se"cret\\word'
SECONDS = 20  # after which a connection is closed, whatever its client does


@dataclass
class Message:
    """A mail in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class Mailbox(socketserver.ThreadingTCPServer):
    """The server. `faults` are commands that are refused ("MOVE"); `cut` is one at which the connection is cut."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, capabilities: str = "IMAP4rev1 MOVE UIDPLUS") -> None:
        self.capabilities = capabilities
        self.folders: dict[str, list[Message]] = {"INBOX": [], "Done": []}
        self.faults: set[str] = set()
        self.cut = ""
        self.said: list[str] = []
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def put(self, *raws: bytes) -> None:
        """Let mails come in."""
        for raw in raws:
            number = 1 + max((m.uid for box in self.folders.values() for m in box), default=0)
            self.folders["INBOX"].append(Message(number, raw))


@contextmanager
def mailbox(capabilities: str = "IMAP4rev1 MOVE UIDPLUS") -> Iterator[Mailbox]:
    """A running server, and its end."""
    server = Mailbox(capabilities)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Talk(socketserver.StreamRequestHandler):
    """One connection: the commands that our client uses, and no others."""

    timeout = SECONDS
    server: Mailbox

    def handle(self) -> None:
        """Answer until the client leaves."""
        self.folder: list[Message] = []
        self._send("* OK ready")
        while line := self.rfile.readline(8192).decode("ascii").rstrip("\r\n"):
            tag, _space, rest = line.partition(" ")
            command, _space, arguments = rest.partition(" ")
            if command == "UID":
                command, _space, arguments = arguments.partition(" ")
            self.server.said.append(command)
            if command == self.server.cut:
                return
            if command in self.server.faults:
                self._send(f"{tag} NO refused")
                continue
            found = getattr(self, f"_{command.lower()}", None)
            self._send(f"{tag} {found(arguments) if found else 'BAD what'}")
            if command == "LOGOUT":
                return

    def _send(self, line: str) -> None:
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def _capability(self, _arguments: str) -> str:
        self._send(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    def _login(self, arguments: str) -> str:
        user, _space, quoted = arguments.partition(" ")
        password = re.sub(r"\\(.)", r"\1", quoted.strip('"'))
        return "OK done" if (user.strip('"'), password) == (USER, PASSWORD) else "NO wrong password"

    def _select(self, arguments: str) -> str:
        name = arguments.strip('"')
        if name not in self.server.folders:
            return "NO no such folder"
        self.name, self.folder = name, self.server.folders[name]
        self._send(f"* {len(self.folder)} EXISTS")
        return "OK [READ-WRITE]"

    def _search(self, arguments: str) -> str:
        unseen = "UNSEEN" in arguments
        found = [
            m for m in self.folder if "\\Deleted" not in m.flags and not (unseen and "\\Seen" in m.flags)
        ]
        self._send(f"* SEARCH {' '.join(str(m.uid) for m in found)}".rstrip())
        return "OK done"

    def _one(self, arguments: str) -> tuple[Message, str]:
        uid, _space, rest = arguments.partition(" ")
        return next(m for m in self.folder if m.uid == int(uid)), rest

    def _fetch(self, arguments: str) -> str:
        message, what = self._one(arguments)
        number = self.folder.index(message) + 1
        if "SIZE" in what:
            self._send(f"* {number} FETCH (UID {message.uid} RFC822.SIZE {len(message.raw)})")
        else:
            self._send(f"* {number} FETCH (UID {message.uid} BODY[] {{{len(message.raw)}}}")
            self.wfile.write(message.raw + b")\r\n")
        return "OK done"

    def _store(self, arguments: str) -> str:
        message, rest = self._one(arguments)
        message.flags |= set(re.findall(r"\\\w+", rest))
        return "OK done"

    def _copy(self, arguments: str) -> str:
        message, name = self._one(arguments)
        self.server.folders[name.strip('"')].append(Message(message.uid, message.raw))
        return "OK done"

    def _move(self, arguments: str) -> str:
        self._copy(arguments)
        self.folder.remove(self._one(arguments)[0])
        return "OK done"

    def _expunge(self, arguments: str) -> str:
        self.folder.remove(self._one(arguments)[0])
        return "OK done"

    def _logout(self, _arguments: str) -> str:
        self._send("* BYE")
        return "OK done"
