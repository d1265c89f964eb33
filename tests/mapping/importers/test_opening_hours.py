"""Hours at the door of an import: read, mended, or told and kept as given."""

import json

from mapping.importers.pack import open_pack, read_pack
from tests.mapping.importers.packs import CENTER, feature, table, write_geojson, write_pack

SCHEDULE = {str(day): {"from": "10:00:00", "to": "18:00:00"} for day in range(1, 7)}
GIVEN = {
    "plain": "Mo-Fr 10:00-19:00; Sa off",
    "mended": "Пн–Пт 10.00–19.00",
    "object": SCHEDULE,
    "json": json.dumps(SCHEDULE),
    "broken": "по будням, кроме  среды",
    "empty": "",
    "nothing": {},
}


def test_hours_are_read_mended_or_told(tmp_path):
    lat, lon = CENTER
    features = [
        feature("Point", [lon, lat], id=key, name=key, sort="library", hours=hours)
        for key, hours in GIVEN.items()
    ]
    columns = {"name": "name", "kind": "sort", "opening_hours": "hours"}
    resource = table("places", "places.geojson", "institutions", fields=columns, key="id")
    folder = write_pack(tmp_path, resource)
    write_geojson(folder / "places.geojson", *features)
    contents = read_pack(open_pack(folder))

    found = {each.source_key: each.opening_hours for each in contents.records["institutions"]}
    assert found["plain"] == GIVEN["plain"]
    assert found["mended"] == "Mo-Fr 10:00-19:00"
    assert found["object"] == found["json"] == "Tu-Su 10:00-18:00"
    assert found["broken"] == "по будням, кроме среды"
    assert found["empty"] == ""
    told = [problem for problem in contents.problems if problem.column == "hours"]
    assert {problem.row for problem in told} >= {5}
    assert not any(problem.dropped for problem in told)
    assert "OpenStreetMap" in told[0].wanted
