import pytest

from bootstrap.server import link_extensions, preferred_package


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        (set(), "postgresql-16-postgis-3"),
        ({15}, "postgresql-15-postgis-3"),
        ({9}, "postgresql-16-postgis-3"),
    ],
)
def test_an_installed_server_gets_its_postgis_else_the_newest(installed, chosen):
    offered = ["postgresql-15-postgis-3", "postgresql-16-postgis-3", "postgresql-9-postgis-2"]
    if installed == {9}:
        offered = offered[:2]

    assert preferred_package(offered, installed) == chosen


def test_unpacked_extensions_get_the_names_the_server_asks_for(tmp_path):
    folder = tmp_path / "usr/share/postgresql/15/extension"
    folder.mkdir(parents=True)
    (folder / "postgis-3.control").write_text("default_version = '3.3.2'\n")

    link_extensions(tmp_path)
    link_extensions(tmp_path)

    assert (folder / "postgis.control").read_text() == "default_version = '3.3.2'\n"
