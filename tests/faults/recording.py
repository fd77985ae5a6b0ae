"""What SQLite asks the operating system to write and to force to disk, recorded; and the disks that a power cut leaves.

`record()` puts a layer over SQLite's own way to files: every write, truncation and sync goes on as before and is noted.
`disk_after(log, moment, chance)` is what may lie on the disk when the power fails at that moment: all that was forced
there before, and of everything later any part in any order, whole writes or single sectors of them.
"""

import _sqlite3
import ctypes
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SECTOR = 512
POINTER, INT, LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
OK = 0


@dataclass(frozen=True)
class Write:
    """Bytes asked to be written at `offset`."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """The file asked to be cut to `size`."""

    file: str
    size: int


@dataclass(frozen=True)
class Sync:
    """All earlier writes of the file are on the disk when this returns."""

    file: str


@dataclass(frozen=True)
class Acknowledged:
    """The writer was told that its transaction is safe."""

    pk: int
    version: int


Log = list[Write | Truncate | Sync | Acknowledged]


def _structure(name: str, numbers: list[str], pointers: list[str]) -> type[ctypes.Structure]:
    fields = [(n, INT) for n in numbers] + [(n, POINTER) for n in pointers]
    return type(name, (ctypes.Structure,), {"_fields_": fields})


_METHODS = (
    "xClose xRead xWrite xTruncate xSync xFileSize xLock xUnlock xCheckReservedLock xFileControl xSectorSize "
    "xDeviceCharacteristics xShmMap xShmLock xShmBarrier xShmUnmap xFetch xUnfetch"
)
_VFS = (
    "pNext zName pAppData xOpen xDelete xAccess xFullPathname xDlOpen xDlError xDlSym xDlClose xRandomness xSleep "
    "xCurrentTime xGetLastError xCurrentTimeInt64 xSetSystemCall xGetSystemCall xNextSystemCall"
)
Methods = _structure("Methods", ["iVersion"], _METHODS.split())  # sqlite3_io_methods, version 3
Vfs = _structure("Vfs", ["iVersion", "szOsFile", "mxPathname"], _VFS.split())  # sqlite3_vfs, version 3
OPEN = ctypes.CFUNCTYPE(INT, POINTER, POINTER, POINTER, INT, POINTER)
WRITE = ctypes.CFUNCTYPE(INT, POINTER, POINTER, INT, LONG)
TRUNCATE = ctypes.CFUNCTYPE(INT, POINTER, LONG)
SYNC = ctypes.CFUNCTYPE(INT, POINTER, INT)
_alive: list[Any] = []  # what SQLite holds pointers to


def record(log: Log) -> None:
    """Note into `log` what every connection that is opened from now on writes; for the life of the process."""
    sqlite = ctypes.CDLL(_sqlite3.__file__)  # the very library that Python's module uses
    sqlite.sqlite3_vfs_find.restype = POINTER
    vfs = Vfs.from_buffer_copy(Vfs.from_address(sqlite.sqlite3_vfs_find(None)))
    name = ctypes.create_string_buffer(b"recording")
    own_open = OPEN(vfs.xOpen)
    files: dict[int, str] = {}
    patched: dict[int, ctypes.Structure] = {}

    def methods_of(address: int) -> ctypes.Structure:
        """A copy of SQLite's methods whose writes are noted."""
        if address not in patched:
            methods = Methods.from_buffer_copy(Methods.from_address(address))
            own_write, own_truncate, own_sync = (
                WRITE(methods.xWrite),
                TRUNCATE(methods.xTruncate),
                SYNC(methods.xSync),
            )

            def write(file: int, data: int, size: int, offset: int) -> int:
                log.append(Write(files[file], offset, ctypes.string_at(data, size)))
                return int(own_write(file, data, size, offset))

            def truncate(file: int, size: int) -> int:
                log.append(Truncate(files[file], size))
                return int(own_truncate(file, size))

            def sync(file: int, flags: int) -> int:
                status = int(own_sync(file, flags))
                if status == OK:
                    log.append(Sync(files[file]))
                return status

            kept: list[Callable[..., int]] = [WRITE(write), TRUNCATE(truncate), SYNC(sync)]
            methods.xWrite, methods.xTruncate, methods.xSync = (ctypes.cast(k, POINTER) for k in kept)
            patched[address] = methods
            _alive.extend([methods, *kept])
        return patched[address]

    def opened(_vfs: int, path: int, file: int, flags: int, out: int) -> int:
        status = int(own_open(_vfs, path, file, flags, out))
        first = POINTER.from_address(file)  # every sqlite3_file begins with its methods
        if status == OK and first.value:
            files[file] = ctypes.string_at(path).decode().rpartition("/")[2] if path else ""
            first.value = ctypes.addressof(methods_of(first.value))
        return status

    kept_open = OPEN(opened)
    vfs.zName, vfs.xOpen = ctypes.addressof(name), ctypes.cast(kept_open, POINTER)
    _alive.extend([vfs, name, kept_open])
    assert sqlite.sqlite3_vfs_register(ctypes.byref(vfs), 1) == OK


def disk_after(
    log: Log, moment: int, before: dict[str, bytes], chance: random.Random
) -> dict[str, bytearray]:
    """The files after a power cut right before entry `moment` of the log has come back; `before`: as it began."""
    files = {name: bytearray(content) for name, content in before.items()}
    done = log[: moment + 1]
    forced = {entry.file: number for number, entry in enumerate(done[:-1]) if isinstance(entry, Sync)}
    for number, entry in enumerate(done):
        if isinstance(entry, Sync | Acknowledged):
            continue
        content = files.setdefault(entry.file, bytearray())
        safe = number < forced.get(entry.file, -1)
        if not safe and chance.random() < 0.4:
            continue
        if isinstance(entry, Truncate):
            del content[entry.size :]
            continue
        torn = not safe and chance.random() < 0.5
        content.extend(bytes(max(0, entry.offset + len(entry.data) - len(content))))
        for start in range(0, len(entry.data), SECTOR if torn else max(1, len(entry.data))):
            if torn and chance.random() < 0.5:
                continue
            piece = entry.data[start : start + (SECTOR if torn else len(entry.data))]
            content[entry.offset + start : entry.offset + start + len(piece)] = piece
    return files
