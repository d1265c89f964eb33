"""Many cities: here, or on the workers of a scheduler, with the same answers."""

import pytest
from django.conf import settings as django_settings

from mapping.errors import CodeVersionError, SchedulerError, UnknownNameError
from mapping.models import AnalysisRun, City, CoverageRow
from mapping.services.distribution import compute_defaults, defaults_of_city
from tests.conftest import database_url
from tests.factories import make_town, make_unit


@pytest.fixture(autouse=True)
def network_dir(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path


def figures():
    """Every figure of every active run, by city and question."""
    names = ("level", "cell", "people", "covered", "uncovered", "unknown", "share", "rank")
    rows = CoverageRow.objects.filter(run__is_active=True)
    return {
        (row[0], row[1], *row[2:4]): row[4:]
        for row in rows.values_list("run__city__slug", "run__parameters_key", *names)
    }


def test_every_city_gets_its_answers_the_largest_first(db):
    make_town("small")
    large = make_town("large")
    make_unit(large.sources.get(), "more", 700, 10)

    done = list(compute_defaults(["small", "large"], scheduler=""))

    assert [(one.slug, one.questions, one.problem) for one in done] == [
        ("large", 3, ""),
        ("small", 3, ""),
    ]
    assert AnalysisRun.objects.filter(is_active=True).count() == 6


def test_a_city_that_cannot_answer_does_not_stop_the_others(db):
    make_town()
    bare = make_town("bare")
    bare.streets.all().delete()

    done = {one.slug: one for one in compute_defaults(["bare", "town"], scheduler="")}

    assert done["bare"].problem.startswith("streets of bare: got none")
    assert done["town"].questions == 3


def test_an_unknown_city_is_refused_before_anything_is_computed(town):
    with pytest.raises(UnknownNameError, match="wanted one of: town"):
        list(compute_defaults(["town", "atlantis"], scheduler=""))

    assert not AnalysisRun.objects.exists()


def test_a_worker_of_another_version_answers_nothing(town):
    with pytest.raises(CodeVersionError, match=r"wanted 0\.0"):
        defaults_of_city("town", "0.0")

    assert not AnalysisRun.objects.exists()


def test_a_scheduler_that_is_away_is_named(town, monkeypatch):
    pytest.importorskip("distributed", reason="only with requirements-dask.txt")
    monkeypatch.setattr("mapping.services.distribution.PATIENCE_S", 0.2)

    with pytest.raises(SchedulerError, match=r"scheduler tcp://127\.0\.0\.1:9: got no scheduler"):
        list(compute_defaults(["town"], scheduler="tcp://127.0.0.1:9"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_two_worker_processes_give_the_very_answers_of_this_one(tmp_path):
    distributed = pytest.importorskip("distributed", reason="only with requirements-dask.txt")
    slugs = ["first", "second", "third"]
    for number, slug in enumerate(slugs):
        make_unit(make_town(slug).sources.get(), "more", 300 * number, 10)
    list(compute_defaults(slugs, scheduler=""))
    here = figures()
    AnalysisRun.objects.all().delete()

    environment = {
        "DATABASE_URL": database_url(),
        "CULTURE_ATLAS_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(django_settings.BASE_DIR),
    }
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=":0",
        preload="config.dask_worker",
        env=environment,
    ) as cluster:
        done = list(compute_defaults(slugs, scheduler=cluster.scheduler_address))
        cluster.close()

    assert {one.slug: one.problem for one in done} == dict.fromkeys(slugs, "")
    assert figures() == here
    assert len(here) > 9
    assert City.objects.count() == 3
