"""No text reaches a Russian screen in English."""

import importlib.util
import sys

import pytest

from tests.conftest import CHECKOUT


@pytest.fixture(scope="module")
def translations():
    spec = importlib.util.spec_from_file_location("update", CHECKOUT / "locale" / "update.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["update"] = module
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_code_is_in_the_catalogue(translations):
    wanted = {(message.id, message.context) for message in translations.gather() if message.id}
    stored = {(message.id, message.context) for message in translations.stored()}

    assert not wanted - stored, "run: python locale/update.py"


def test_every_text_is_translated(translations):
    assert translations.untranslated(translations.stored()) == []


def test_the_compiled_catalogue_is_the_one_that_is_read(translations):
    compiled = translations.CATALOG.with_suffix(".mo").read_bytes()

    assert compiled == translations.compiled(translations.stored())


def test_placeholders_survive_translation(translations):
    """A lost %(name)s is a traceback on a Russian screen."""
    from babel.messages.checkers import python_format

    catalog = translations.stored()
    for message in catalog:
        if message.id and message.python_format:
            python_format(catalog, message)


def test_gathering_again_changes_nothing(translations, tmp_path, monkeypatch):
    kept = translations.CATALOG
    copy = tmp_path / "django.po"
    copy.write_bytes(kept.read_bytes())
    monkeypatch.setattr(translations, "CATALOG", copy)

    translations.write(translations.gather())

    assert copy.read_text() == kept.read_text()
