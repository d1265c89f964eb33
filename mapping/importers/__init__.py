"""
From files to records: what a city pack says, read, judged and told, without touching a database.

`opening` finds the files of a pack, `pack` reads them all. One file per format hands on a
`RawTable` (`geojson`, `vector`, `sheets`, `osm_pbf`, `gtfs`, `raster`); `rows`, `positions` and
`shapes` turn it into `records` and complaints. `make_pack` writes a pack of an extract.
"""
