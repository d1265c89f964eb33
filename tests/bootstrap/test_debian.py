from pathlib import Path

from bootstrap.debian import SYSTEM, Tree, without_taken_privately


def test_the_private_tree_takes_its_own_server_even_where_the_system_has_one():
    status = (
        "Package: libc6\nStatus: install ok installed\n\n"
        "Package: postgresql-15\nDepends: libc6\n\n"
        "Package: postgis\nVersion: 3\n\n"
        "Package: libpq5\nSource: postgresql-15\n"
    )

    kept = without_taken_privately(status)

    assert "Package: libc6" in kept
    assert "Package: libpq5" in kept
    assert "Package: post" not in kept


def test_a_private_tree_names_the_folders_of_its_libraries(tmp_path):
    for name in (
        "usr/lib/x86_64-linux-gnu/libgeos.so.3",
        "usr/lib/x86_64-linux-gnu/blas/libblas.so.3",
    ):
        library = tmp_path / name
        library.parent.mkdir(parents=True, exist_ok=True)
        library.touch()

    folders = Tree(tmp_path).environment()["LD_LIBRARY_PATH"].split(":")

    assert [str(Path(folder).relative_to(tmp_path)) for folder in folders] == [
        "usr/lib/x86_64-linux-gnu",
        "usr/lib/x86_64-linux-gnu/blas",
    ]


def test_the_system_needs_no_variables():
    assert SYSTEM.environment() == {}
