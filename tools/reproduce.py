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
}
# zones as POSIX spells them, which every system knows
ONE = {"TZ": "AAA+11", "LC_ALL": "C.UTF-8", "USER": "one"}
ONE |= {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"}
TWO = {"TZ": "ZZZ-13:45", "LC_ALL": "POSIX", "USER": "another"}
TWO |= {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "3", "MPLBACKEND": "pdf"}
FAR = "a far longer path/ünder a name with spaces"
TASTE = "lines.linewidth: 9\nsavefig.dpi: 30\nfont.size: 20\n"  # of a reader


def start(
    python: str, folder: Path, there: dict[str, str], umask: int, taste: str
) -> subprocess.Popen:
    """Check HEAD out, and start to build its site as `make site` does."""
    settings = folder / "home/.config/matplotlib"
    settings.mkdir(parents=True)
    (settings / "matplotlibrc").write_text(taste)
    clone = ["git", "clone", "--quiet", ".", folder / "book"]  # it has the date
    subprocess.run(clone, check=True, umask=umask)
    return subprocess.Popen(
        [python, "-m", "press"],
        cwd=folder / "book",
        env=os.environ | SAME | there | {"HOME": str(folder / "home")},
        umask=umask,
    )


def build_both(folder: Path, other: str) -> list[Path]:
    """Build both sites at once, one of them on one core."""
    places = [folder / "1", folder / "2" / FAR]
    one = start(sys.executable, places[0], ONE, 0o022, "")
    if hasattr(os, "sched_setaffinity"):  # on Linux
        os.sched_setaffinity(one.pid, {min(os.sched_getaffinity(0))})
    two = start(other, places[1], TWO, 0o077, TASTE)
    if one.wait() + two.wait():
        sys.exit("reproduce: a build failed; above it says why")
    return [place / "book/site" for place in places]


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
    pairs = enumerate(zip(one, two, strict=False))
    shorter = min(len(one), len(two))
    at = next((place for place, (a, b) in pairs if a != b), shorter)
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
