import re

import pytest
import yaml

from bootstrap import ROOT

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def test_web_worker_and_database_stand_together(compose):
    assert set(compose["services"]) == {"web", "worker", "setup", "db"}
    assert compose["services"]["worker"]["command"][-1] == "db_worker"
    assert compose["services"]["db"]["image"].startswith("postgis/postgis:")


def test_whatever_serves_has_a_health_check(compose):
    for name in ("web", "db"):
        test = compose["services"][name]["healthcheck"]["test"]
        assert test[0] == "CMD"


def test_services_wait_for_those_they_need(compose):
    services = compose["services"]

    assert services["setup"]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        waited = services[name]["depends_on"]["setup"]["condition"]
        assert waited == "service_completed_successfully"


def test_what_must_last_is_in_named_volumes(compose):
    mounted = {
        volume.split(":")[0] for part in compose["services"].values() for volume in part["volumes"]
    }

    assert mounted == set(compose["volumes"])


def test_web_and_worker_share_networks_and_timetables(compose):
    """A timetable kept by one is asked for through the other."""
    web, worker = (set(compose["services"][name]["volumes"]) for name in ("web", "worker"))

    for folder in ("networks", "timetables"):
        assert f"{folder}:/srv/culture-atlas/var/{folder}" in web & worker


def test_no_secret_stands_in_the_file(compose):
    given = [pair for part in compose["services"].values() for pair in part["environment"].items()]
    secrets = [text for name, text in given if name.endswith(("KEY", "PASSWORD"))]
    addresses = [text for name, text in given if name == "DATABASE_URL"]

    assert len(secrets) == 4
    assert all(re.fullmatch(r"\$\{\w+:\?[^}]+\}", secret) for secret in secrets)
    assert all(
        re.search(r"//atlas:\$\{POSTGRES_PASSWORD:\?[^}]+\}@db:", text) for text in addresses
    )


def test_only_this_machine_is_served_by_default(compose):
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["web"]["ports"])
    assert "ports" not in compose["services"]["db"]


def test_the_image_copies_and_runs_what_exists():
    text = DOCKERFILE.read_text(encoding="utf-8")
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (.+)$", text, re.MULTILINE)]

    assert all((ROOT / name).exists() for names in copied for name in names)
    assert (ROOT / "config/wsgi.py").exists()
    assert "USER atlas" in text


def test_the_image_leaves_this_machines_files_out():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert {".venv", "var", ".env", ".git", "node_modules"} <= set(ignored)
