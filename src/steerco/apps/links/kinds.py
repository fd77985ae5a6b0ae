"""What a file is, told by its first bytes, never by what its sender says it is."""

from dataclasses import dataclass

HEAD = 4096  # bytes that are looked at
UNKNOWN = "application/octet-stream"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
OFFICE = "application/vnd.openxmlformats-officedocument."

# ending: (beginnings of which one must be there, media type)
KNOWN: dict[str, tuple[tuple[bytes, ...], str]] = {
    "pdf": ((b"%PDF-",), "application/pdf"),
    "png": ((b"\x89PNG\r\n\x1a\n",), "image/png"),
    "jpg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "jpeg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "gif": ((b"GIF87a", b"GIF89a"), "image/gif"),
    "webp": ((b"RIFF",), "image/webp"),
    "docx": ((ZIP,), OFFICE + "wordprocessingml.document"),
    "xlsx": ((ZIP,), OFFICE + "spreadsheetml.sheet"),
    "pptx": ((ZIP,), OFFICE + "presentationml.presentation"),
    "odt": ((ZIP,), "application/vnd.oasis.opendocument.text"),
    "ods": ((ZIP,), "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": ((ZIP,), "application/vnd.oasis.opendocument.presentation"),
    "zip": ((ZIP, b"PK\x05\x06"), "application/zip"),
    "doc": ((OLE,), "application/msword"),
    "xls": ((OLE,), "application/vnd.ms-excel"),
    "ppt": ((OLE,), "application/vnd.ms-powerpoint"),
    "msg": ((OLE,), "application/vnd.ms-outlook"),
    "mpp": ((OLE,), "application/vnd.ms-project"),
}
TEXTS = {
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/plain",
    "eml": "message/rfc822",
    "ics": "text/calendar",
}
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
PROGRAM_ENDINGS = frozenset(
    {"exe", "com", "bat", "cmd", "ps1", "vbs", "vbe", "wsf", "hta", "scr", "msi", "jar", "lnk", "reg", "dll"}
    | {"sh", "app", "cpl", "jse"}
)


@dataclass(frozen=True)
class Refused(Exception):
    """The file is not taken. `code`: "empty", "program", or "other" (it is not what its name says)."""

    code: str


def media_type(name: str, head: bytes) -> str:
    """The media type of a file called `name` that begins with `head` (up to HEAD bytes).

    What is not known is plain bytes. Raises Refused.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not head:
        raise Refused("empty")
    if ending in PROGRAM_ENDINGS or head.startswith(PROGRAMS):
        raise Refused("program")
    if ending in KNOWN:
        beginnings, found = KNOWN[ending]
        if not head.startswith(beginnings) or (ending == "webp" and head[8:12] != b"WEBP"):
            raise Refused("other")
        return found
    if ending in TEXTS:
        if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Refused("other")
        return TEXTS[ending]
    return UNKNOWN  # pages, drawings and scripts too: they are only ever handed out as bytes
