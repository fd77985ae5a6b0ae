"""A process that reads a stranger's file gives up, for good, all that reading does not need.

Time, memory, sizes of files and numbers of processes are limited by the system. On Linux the kernel also refuses
sockets and the start of programs (seccomp), gives the process a network without a way out (namespaces), and shows it no
files but those of the interpreter and of its own folder (landlock). Python's audit hook refuses the same everywhere.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MIB = 1024 * 1024
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "shutil.")

# Numbers of system calls: socket, connect, bind, execve, execveat, ptrace, process_vm_readv, process_vm_writev and
# io_uring_setup, by which the others could be had. First the architecture as the kernel's audit names it.
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 49, 59, 322, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 221, 281, 117, 270, 271, 425)),
}
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x0005000D  # refuse with EACCES
_LOAD, _IF_EQUAL, _IF_ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of the packet filter
_FOREIGN_CALLS = 0x40000000  # from here on x86_64 counts the calls of its 32-bit variant

_CREATE_RULES, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # landlock's calls, the same on every architecture
_ALL_ACCESS = (1 << 13) - 1  # what the first version of landlock knows
_READ = 0b1101  # run, read files, list folders
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev")


def confine(
    *,
    cpu_seconds: int = 40,
    memory_mib: int = 1536,
    file_mib: int = 0,
    threads: bool = False,
    folder: Path | None = None,
) -> bool:
    """Limit this process for good; returns whether the kernel keeps it from the network.

    `file_mib` is the largest file that it may write, `threads` whether it may start threads, `folder` the one in which
    it may write (None: nothing is hidden from it).
    """
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * MIB, memory_mib * MIB))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mib * MIB, file_mib * MIB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cut_off = False
    if sys.platform == "linux":
        system = ctypes.CDLL(None, use_errno=True)
        cut_off = system.unshare(_NEW_USER | _NEW_NETWORK) == 0
        if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            if folder is not None:
                _hide_files(system, folder)
            cut_off = _refuse_calls(system) or cut_off
    if not threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    sys.addaudithook(_refuse)
    return cut_off


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(event)


def _refuse_calls(system: Any) -> bool:
    """Let the kernel refuse sockets and programs to this process and its threads; False where it cannot."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    last = len(calls) + 4  # where the program refuses
    steps = [
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 0, last - 1, architecture),
        (_LOAD, 0, 0, 0),
        (_IF_ABOVE, last - 3, 0, _FOREIGN_CALLS),
    ]
    for position, call in enumerate(calls, start=len(steps)):
        steps.append((_IF_EQUAL, last - position, 0, call))
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(program)))
    return bool(system.prctl(_SET_SECCOMP, _FILTER_MODE, header, 0, 0) == 0)


def _hide_files(system: Any, folder: Path) -> None:
    """Leave this process the files of the system and the interpreter to read, and `folder` to write.

    A kernel without landlock hides nothing.
    """
    handled = struct.pack("=Q", _ALL_ACCESS)
    rules = system.syscall(_CREATE_RULES, handled, len(handled), 0)
    if rules < 0:
        return
    package = Path(__file__).resolve().parents[1]
    readable: Sequence[str] = (*_SYSTEM, sys.prefix, sys.base_prefix, str(package), *filter(None, sys.path))
    for place, access in (*((place, _READ) for place in readable), (str(folder), _ALL_ACCESS)):
        if not Path(place).is_dir():
            continue
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        system.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", access, opened), 0)
        os.close(opened)
    system.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)
