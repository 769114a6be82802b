"""What code reads of the project, noted while it reads.

That is what its output depends on: files, those that it looked for in vain,
modules and listings of folders. It may start no other program and ask no other
host, whose answers could change unseen. Not noticed are the clock, files that a
library opens without Python, and questions whether a file is there. Code that
is to be shown must not depend on these.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import get_ident

_PROGRAMS = "os.exec", "os.posix_spawn", "os.startfile", "os.system"
_HOSTS = "connect", "getaddrinfo", "gethostbyaddr", "gethostbyname", "sendto"
OUTSIDE = dict.fromkeys(
    (*_PROGRAMS, "subprocess.Popen"), "starts another program"
) | {f"socket.{event}": "asks another host" for event in _HOSTS}
_KNOWN = (f"{Path(__file__).parents[1]}{os.sep}", f"{sys.prefix}{os.sep}")


def ours(file: str) -> str:
    """Return the path of a file of the project, but for the press, or ""."""
    path, root = os.path.abspath(file), os.getcwd()
    is_made = file.startswith("<")  # of no file, as "<string>"
    if is_made or (path != root and not path.startswith(root + os.sep)):
        return ""
    if path.startswith(_KNOWN):
        return ""
    return Path(path).relative_to(root).as_posix()


def digest(file: str) -> str:
    """Return a digest of a file or a folder as it is now, "" if none is there.

    A folder's is that of its listing.
    """
    try:
        if os.path.isdir(file):
            content = "/".join(sorted(os.listdir(file))).encode()
        else:
            content = Path(file).read_bytes()
        return hashlib.sha256(content).hexdigest()
    except OSError:
        return ""


def noting(read: dict[str, str]) -> Callable:
    """Return an audit hook that notes what is read, before it is.

    It refuses what could change unseen, as libraries expect that a system may.
    """
    root = os.getcwd()
    noting: set[int] = set()  # threads, for to note a file opens it

    def note(file: str) -> None:
        path = file and ours(file)
        if path and path not in read:
            read[path] = digest(file)

    def hook(event: str, arguments: tuple) -> None:
        if event in OUTSIDE:
            raise PermissionError(f"what a page shows never {OUTSIDE[event]}")
        if get_ident() in noting:
            return
        noting.add(get_ident())
        if event == "open" and _reads(*arguments):
            note(os.fsdecode(arguments[0]))
        elif event in ("os.listdir", "os.scandir") and not _imports():
            folder = arguments[0] or "."
            note("" if isinstance(folder, int) else os.fsdecode(folder))
        elif event == "import":
            top, *_ = path = arguments[0].split(".")
            if {top, f"{top}.py"} & set(os.listdir(root)):
                place = os.path.join(root, *path)
                note(f"{place}.py")
                note(f"{place}{os.sep}__init__.py")
        noting.discard(get_ident())

    return hook


def _imports() -> bool:
    """Return whether it is Python itself that lists a folder, for modules."""
    return "importlib" in sys._getframe(2).f_code.co_filename


def _reads(path: object, mode: str | None, flags: int) -> bool:
    if not isinstance(path, str | bytes):
        return False
    if mode is not None:
        return "r" in mode or "+" in mode
    return flags & (os.O_WRONLY | os.O_CREAT) == 0
