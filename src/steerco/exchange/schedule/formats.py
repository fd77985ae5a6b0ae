"""What a plan is, told by its first bytes, never by its name alone."""

from enum import StrEnum

from steerco.exchange.schedule import mspdi
from steerco.exchange.schedule.problems import LARGEST_FILE, ScheduleError
from steerco.exchange.schedule.xer_tables import MAGIC
from steerco.exchange.schedule.xml_stream import root_of
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PROJECT_STREAM = "TBkndTask".encode("utf-16-le")  # the folder of tasks in every MPP file since 98
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class FileFormat(StrEnum):
    """The formats of plans that are read. Those that `is_converted` need the extra `mpp`."""

    MSPDI = "MSPDI"
    XER = "XER"
    TABLE = "TABLE"
    MPP = "MPP"
    MPX = "MPX"
    PMXML = "PMXML"
    GANTTPROJECT = "GANTTPROJECT"
    PLANNER = "PLANNER"

    @property
    def is_converted(self) -> bool:
        """Whether MPXJ has to read it."""
        return self not in (FileFormat.MSPDI, FileFormat.XER, FileFormat.TABLE)


def format_of(data: bytes, name: str) -> FileFormat:
    """The format of a file. Raises ScheduleError: too large, empty, or no plan."""
    if len(data) > LARGEST_FILE:
        raise ScheduleError(
            Said(gettext_noop("The file is larger than %(size)s MB: split it."), size=LARGEST_FILE // 1024**2)
        )
    if not data.strip():
        raise ScheduleError(Said(gettext_noop("The file is empty.")))
    if data.startswith(_OLE):
        return (
            FileFormat.MPP
            if _PROJECT_STREAM in data or name.lower().endswith((".mpp", ".mpt"))
            else FileFormat.TABLE
        )
    if data.startswith(_ZIP):
        return FileFormat.TABLE
    if data.removeprefix(_MARKS[0]).startswith(MAGIC):
        return FileFormat.XER
    if data[:3] == b"MPX" and data[3:4] in b",;\t":
        return FileFormat.MPX
    if _is_xml(data):
        return _format_of_xml(data)
    return FileFormat.TABLE


def _is_xml(data: bytes) -> bool:
    head = data[:200]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip().startswith(b"<")


def _format_of_xml(data: bytes) -> FileFormat:
    namespace, root = root_of(data)
    if root == "Project" and (namespace.startswith(mspdi.NAMESPACE) or not namespace):
        return FileFormat.MSPDI
    if root == "APIBusinessObjects":
        return FileFormat.PMXML
    if root == "project" and b"view-date" in data[:4096]:
        return FileFormat.GANTTPROJECT
    if root == "project" and b"mrproject-version" in data[:4096]:
        return FileFormat.PLANNER
    raise ScheduleError(
        Said(
            gettext_noop(
                "This XML is no plan that is known here (its first element is <%(root)s>). Save it as Microsoft "
                "Project XML, Primavera XER or XML, or as Excel."
            ),
            root=root[:60],
        )
    )
