"""
Fill this folder from `node_modules`: pinned copies of what the pages load, licences beside them.

    npm ci && python3 static/vendor/fill.py            write the copies
    npm ci && python3 static/vendor/fill.py --check    exit 1 where a copy differs

Versions are pinned by `package-lock.json`; nothing here is edited by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULES = ROOT / "node_modules"
KINDS = ROOT / "fixtures" / "reference" / "kinds.json"
SVG = "http://www.w3.org/2000/svg"

COPIES = {
    "protomaps-leaflet/protomaps-leaflet.js": "protomaps-leaflet/dist/protomaps-leaflet.js",
    "protomaps-leaflet/LICENSE": "protomaps-leaflet/LICENSE",
    "golos-text/LICENSE": "@fontsource-variable/golos-text/LICENSE",
    **{
        f"golos-text/golos-text-{subset}.woff2": (
            f"@fontsource-variable/golos-text/files/golos-text-{subset}-wght-normal.woff2"
        )
        for subset in ("cyrillic", "cyrillic-ext", "latin", "latin-ext")
    },
    # Whole faces for printed reports: browsers' subsets hold either Cyrillic or Latin letters.
    "golos-text/golos-text-400.ttf": (
        "@expo-google-fonts/golos-text/400Regular/GolosText_400Regular.ttf"
    ),
    "golos-text/golos-text-700.ttf": "@expo-google-fonts/golos-text/700Bold/GolosText_700Bold.ttf",
    "icons/LICENSE-maki.txt": "@mapbox/maki/LICENSE.txt",
    "icons/LICENSE-temaki.md": "@rapideditor/temaki/LICENSE.md",
}
ICON_FOLDERS = ("@mapbox/maki/icons", "@rapideditor/temaki/icons")
# Drawn on the map beside the kinds of institutions.
MORE_ICONS = {
    "neighbour-center": "residential-community",
    "event": "ticket",
    "bus": "bus",
    "metro": "subway",
    "tram": "rail-light",
    "rail": "rail",
    "ferry": "ferry",
    "stop": "bus",
    "place": "circle",
}


class MissingIconError(LookupError):
    """An icon is named that neither Maki nor Temaki draws."""

    def __init__(self, name: str) -> None:
        super().__init__(f"icon: got {name!r}, wanted a name from {' or '.join(ICON_FOLDERS)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    wanted = dict(files())
    if parser.parse_args().check:
        return report(name for name, content in wanted.items() if differs(name, content))
    for name, content in wanted.items():
        target = HERE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    sys.stdout.write(f"{len(wanted)} files written to {HERE.relative_to(ROOT)}\n")
    return 0


def files() -> Iterator[tuple[str, bytes]]:
    """Every file of this folder and what it should hold."""
    for name, origin in COPIES.items():
        yield name, without_source_map((MODULES / origin).read_bytes())
    yield "icons/sprite.svg", sprite()


def without_source_map(content: bytes) -> bytes:
    """Source maps are not copied, and hashing static files fails on a link to a missing one."""
    kept = (line for line in content.splitlines(True) if not line.startswith(b"//# sourceMapping"))
    return b"".join(kept)


def sprite() -> bytes:
    """One SVG with a symbol per icon, so that a page makes one request for all of them."""
    ET.register_namespace("", SVG)
    root = ET.Element(f"{{{SVG}}}svg")
    for name, drawing in sorted(icon_names().items()):
        root.append(symbol(name, find_icon(drawing)))
    ET.indent(root, " ")
    return ET.tostring(root, encoding="utf-8") + b"\n"


def icon_names() -> dict[str, str]:
    """Name on our map → name in the icon set."""
    kinds = json.loads(KINDS.read_text(encoding="utf-8")) if KINDS.exists() else []
    return {kind["icon"]: kind["icon"] for kind in kinds if kind.get("icon")} | MORE_ICONS


def find_icon(name: str) -> Path:
    spellings = (name, name.replace("-", "_"), name.replace("_", "-"))
    for folder in ICON_FOLDERS:
        for spelling in spellings:
            path = MODULES / folder / f"{spelling}.svg"
            if path.exists():
                return path
    raise MissingIconError(name)


def symbol(name: str, path: Path) -> ET.Element:
    """The icon's paths alone: colours come from the page."""
    drawing = ET.parse(path).getroot()  # noqa: S314 - a pinned package's own drawing
    element = ET.Element(f"{{{SVG}}}symbol", id=name, viewBox=drawing.get("viewBox", "0 0 15 15"))
    for shape in drawing.iter(f"{{{SVG}}}path"):
        outline = " ".join(shape.get("d", "").split())
        element.append(ET.Element(f"{{{SVG}}}path", d=outline))
    return element


def differs(name: str, content: bytes) -> bool:
    target = HERE / name
    return not target.exists() or target.read_bytes() != content


def report(differing: Iterator[str]) -> int:
    names = list(differing)
    for name in names:
        sys.stderr.write(f"{name}: differs from node_modules; run static/vendor/fill.py\n")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
