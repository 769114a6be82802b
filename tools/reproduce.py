"""Whether one commit gives the same bytes everywhere: `make reproduce`.

Builds HEAD twice, with nothing kept, in surroundings that differ in all that
must not matter, and names the first difference.
"""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

KEPT = Path(".press/reproduce")  # two sites that differ, to be looked at
SAME = {
    "SITE_URL": "https://book.example.org/",
    "REPO_URL": "https://github.com/us/book",
    "PYTHONPATH": "",
}
# zones that POSIX spells out are known everywhere
HERE = {"TZ": "AAA+11", "LC_ALL": "C.UTF-8", "USER": "one"}
HERE |= {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"}
THERE = {
    "TZ": "ZZZ-13:45",
    "LC_ALL": "POSIX",
    "USER": "another",
    "COLUMNS": "9",
}
THERE |= {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "3", "MPLBACKEND": "pdf"}
FAR = "a far longer path/ünder a name with spaces"
TASTE = "lines.linewidth: 9\nsavefig.dpi: 30\nfont.size: 20\n"  # of a reader


def clone(folder: Path, umask: int) -> None:
    """Check HEAD out into a folder, with its history, which has the date."""
    command = ["git", "clone", "--quiet", "--no-hardlinks", ".", str(folder)]
    subprocess.run(command, check=True, umask=umask)


def start(
    python: str, folder: Path, there: dict[str, str], umask: int
) -> subprocess.Popen:
    """Start to build the site of a clone, as `make site` does."""
    home = folder.parent / "home"
    (home / ".config/matplotlib").mkdir(parents=True)
    (home / ".config/matplotlib/matplotlibrc").write_text(
        TASTE * (umask > 0o22)
    )
    return subprocess.Popen(
        [python, "-m", "press"],
        cwd=folder,
        env=os.environ | SAME | there | {"HOME": str(home)},
        umask=umask,
    )


def one_core(process: subprocess.Popen) -> None:
    """Let a process, and all that it will start, have one core."""
    if hasattr(os, "sched_setaffinity"):  # on Linux
        os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})


def build_both(folder: Path, other: str) -> tuple[Path, Path]:
    """Build both sites at once; return where they are."""
    one, two = folder / "1/book", folder / "2" / FAR / "book"
    clone(one, 0o022)
    clone(two, 0o077)
    builds = [
        start(sys.executable, one, HERE, 0o022),
        start(other, two, THERE, 0o077),
    ]
    one_core(builds[0])
    if any([build.wait() for build in builds]):
        sys.exit("reproduce: a build failed; above it says why")
    return one / "site", two / "site"


def files(site: Path) -> dict[str, bytes]:
    """Return what a folder holds, by path."""
    found = (file for file in site.rglob("*") if file.is_file())
    return {f.relative_to(site).as_posix(): f.read_bytes() for f in found}


def differences(one: dict[str, bytes], two: dict[str, bytes]) -> list[str]:
    """Say of each file that is not the same in both where it differs."""
    return [
        where(name, one.get(name), two.get(name))
        for name in sorted(one | two)
        if one.get(name) != two.get(name)
    ]


def where(name: str, one: bytes | None, two: bytes | None) -> str:
    """Say where two contents of a file first differ."""
    if one is None or two is None:
        return f"{name}: only the {'second' if one is None else 'first'} has it"
    if all(zipfile.is_zipfile(io.BytesIO(data)) for data in (one, two)):
        inside = differences(members(one), members(two))
        return f"{name}: {inside[0] if inside else 'packed otherwise'}"
    at = len(os.path.commonprefix([one, two]))
    line = one.count(b"\n", 0, at) + 1
    first, second = (
        repr(data[max(at - 40, 0) : at + 40].decode(errors="backslashreplace"))
        for data in (one, two)
    )
    return f"{name}, line {line}, byte {at}:\n  {first}\n  {second}"


def members(data: bytes) -> dict[str, bytes]:
    """Return what a zip holds, by path: a wheel, or an EPUB."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def main(other: str = sys.executable) -> int:
    """Build twice and compare; return the exit code, 0 or 1.

    other: the Python of the second build.
    """
    shutil.rmtree(KEPT, ignore_errors=True)
    with TemporaryDirectory(prefix="press-reproduce-") as folder:
        sites = build_both(Path(folder), str(Path(other).absolute()))
        contents = [files(site) for site in sites]
        found = differences(*contents)
        if not found:
            print(f"reproduce: {len(contents[0])} files, twice the same bytes")
            return 0
        for number, site in enumerate(sites, 1):
            shutil.move(site, KEPT / str(number))
    print(f"reproduce: {len(found)} files differ; both sites are in {KEPT}")
    print(found[0])
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
