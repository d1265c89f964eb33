"""
The least that can serve tiles: a socket, asyncpg, one statement per tile; no cache, no ETag.

`python -m benchmarks.asyncpg_server PORT DSN PROCESSES`
"""

import asyncio
import gzip
import os
import re
import socket
import sys

import asyncpg

ADDRESS = re.compile(r"GET /tiles/\w+/(\w+)/(\d+)/(\d+)/(\d+)\.mvt")
FRAME = """
    WITH frame AS (
        SELECT ST_TileEnvelope($1, $2, $3) AS square,
               ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 0.0157), 4326) AS around)
    SELECT ST_AsMVT(tile, '{name}', 4096, 'shape', 'id') FROM ({select}) AS tile"""
CLUSTERS = """
    SELECT single AS id, count, mix, NULLIF(synthetic, false) AS synthetic,
           ST_AsMVTGeom(ST_Point(x, y, 3857), square, 4096, 64) AS shape
    FROM frame, mapping_tilecluster
    WHERE pyramid_id = $4 AND zoom = $1 AND tile_x = $2 AND tile_y = $3"""
PLACES = """
    SELECT place.id, kind.code AS kind, NULLIF(synthetic, false) AS synthetic,
           CASE WHEN $1 >= $4 THEN place.name END AS name,
           CASE WHEN $1 >= $4 THEN place.address END AS subtitle,
           ST_AsMVTGeom(ST_Transform(point, 3857), square, 4096, 64) AS shape
    FROM frame, mapping_institution AS place
    JOIN mapping_institutionkind AS kind ON kind.id = kind_id
    WHERE point && around"""
AREAS = """
    SELECT id, 'tos' AS kind, NULLIF(synthetic, false) AS synthetic,
           CASE WHEN $1 >= $4 THEN name END AS name,
           ST_AsMVTGeom(ST_Simplify(ST_Transform(geometry, 3857), $6, true),
                        square, 4096, 64) AS shape
    FROM frame, mapping_tosterritory
    WHERE geometry && around AND area_m2 >= $5"""


class Tiles:
    """What a process needs to answer: its connections, and the plans of the layers."""

    def __init__(self, pool: asyncpg.Pool, plans: dict[str, asyncpg.Record]) -> None:
        self.pool, self.plans = pool, plans

    async def tile(self, layer: str, z: int, x: int, y: int) -> bytes:
        plan = self.plans[layer]
        if layer == "institutions" and z < plan["single_from"]:
            select, more = CLUSTERS, [plan["id"]]
        elif layer == "institutions":
            select, more = PLACES, [plan["named_from"]]
        else:
            least = plan["least"][z - 5]
            select, more = AREAS, [plan["named_from"], least, 40_075_016.686 / 2**z / 512]
        statement = FRAME.format(name=layer, select=select)
        return gzip.compress(await self.pool.fetchval(statement, z, x, y, *more), 6)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := (await reader.readuntil(b"\r\n\r\n")).decode():
                found = ADDRESS.match(request)
                body = b""
                if found:
                    layer, *place = found.groups()
                    body = await self.tile(layer, *map(int, place))
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def serve(listening: socket.socket, dsn: str) -> None:
    pool = await asyncpg.create_pool(dsn, min_size=4, max_size=4)
    rows = await pool.fetch(
        "SELECT *, ARRAY(SELECT jsonb_array_elements(least_area_m2)::float8) AS least"
        " FROM mapping_tilepyramid"
    )
    tiles = Tiles(pool, {row["layer"]: row for row in rows})
    server = await asyncio.start_server(tiles.answer, sock=listening)
    await server.serve_forever()


def main() -> None:
    port, dsn, processes = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    listening = socket.create_server(("127.0.0.1", port))
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    asyncio.run(serve(listening, dsn))


if __name__ == "__main__":
    main()
