import pytest

from mapping.services.measures import answer


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


@pytest.fixture
def ask():
    """Ask by name as every door does: `ask(city, "choice", minutes=10)`."""
    return lambda city, measure, **given: answer(city, measure, given)


def by_district(run, table="district"):
    return {row.district.name: row.values for row in run.rows.filter(table=table)}
