"""
Gather every translatable text into `ru/LC_MESSAGES/django.po` and compile it.

`python locale/update.py` writes both files; a test fails while a text of the code is missing,
fuzzy or not compiled. English is the language of the code and needs no file.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
APPS = ("accounts", "agenda", "api", "config", "layers", "mapping", "nearby", "participation")
KEYWORDS = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def gather() -> Catalog:
    """Every text of the code, in a stable order, without translations."""
    catalog = Catalog(locale="ru", project="Culture Atlas", charset="utf-8")
    for path, _line, text, comments, context in sorted(_messages(), key=lambda m: (m[0], m[1])):
        catalog.add(text, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalog


def _messages() -> Iterator[Found]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _extract(path, path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from _extract(path, _as_python(path))


def _as_python(path: Path) -> str:
    """Let Django turn a template into lines that look like calls of gettext."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    calls = re.findall(r"\b(?:n|p|np)?gettext\((?:[^()]|\([^()]*\))*\)|(?<!\w)_\([^()]*\)", text)
    return "\n".join(calls)


def _extract(path: Path, text: str) -> Iterator[Found]:
    name = path.relative_to(ROOT).as_posix()
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"])
    for line, message, comments, context in found:
        yield name, line, message, comments, context


def stored() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, locale="ru")


def compiled(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> int:
    from django.conf import settings

    settings.configure(USE_I18N=True)
    wanted = gather()
    missing = untranslated(write(wanted))
    sys.stdout.write(f"{len(wanted)} texts, {len(missing)} without a translation\n")
    return bool(missing)


def write(wanted: Catalog) -> Catalog:
    """Keep the translations of the wanted texts, drop the rest, compile."""
    catalog = stored() if CATALOG.exists() else Catalog(locale="ru", charset="utf-8")
    # Gathering the same texts again leaves the file as it was.
    wanted.creation_date = catalog.creation_date
    catalog.update(wanted, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy, catalog.header_comment = False, "# Russian texts of Culture Atlas."
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    with CATALOG.open("wb") as file:
        write_po(file, catalog, omit_header=False, width=100, include_lineno=False)
    CATALOG.with_suffix(".mo").write_bytes(compiled(stored()))
    return catalog


def untranslated(catalog: Catalog) -> list[object]:
    """Texts without a translation, or with one that somebody has yet to look at."""
    return [message.id for message in catalog if message.id and not _is_done(message)]


def _is_done(message: Message) -> bool:
    parts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(parts) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main())
