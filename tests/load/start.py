#!/usr/bin/env python3
"""How long a server takes to start over many features, from the file and from the database: start.py [N].

The same parcels in both: million.py puts them into the file, and they go from there into the database as another program would bring them.
Starts a PostgreSQL of its own, as servers.py does. Prints seconds until the server listens, and its memory then.
"""

import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

from servers import database, served
from edits import memory

COUNT = sys.argv[1] if len(sys.argv) > 1 else "1000000"
HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 3
COLUMNS = "number, collection, id, version, project, name_zh, name_en, accuracy_m, position, geom"


def ewkb(blob):
    """A GeoPackage's geometry with its box (little-endian) as PostGIS writes it."""
    wkb = blob[40:]
    return (wkb[:1] + struct.pack("<II", struct.unpack_from("<I", wkb, 1)[0] | 0x20000000, 4326) + wkb[5:]).hex()


def bring(store, psql):
    rows = sqlite3.connect(store).execute(
        "SELECT fid, id, project, name_zh, name_en, accuracy_m, position, geom FROM zones WHERE id LIKE 'm-%'")
    copying = subprocess.Popen([*psql, "-c", f"COPY guatu.features ({COLUMNS}) FROM STDIN"], stdin=subprocess.PIPE, cwd="/")
    for number, identity, project, zh, en, accuracy, position, geometry in rows:
        cells = [number, "zones", identity, 1, project, zh, en, accuracy, position, ewkb(geometry)]
        copying.stdin.write(("\t".join(map(str, cells)) + "\n").encode())
    copying.stdin.close()
    if copying.wait():
        raise SystemExit("the parcels cannot be brought into the database")
    subprocess.run([*psql, "-c", "ANALYZE guatu.features"], check=True, cwd="/")


def main():
    with tempfile.TemporaryDirectory() as name, database() as (url, psql):
        folder = pathlib.Path(name)
        places = {"file": [], "database": ["--database-url", url]}
        for store, arguments in places.items():
            with served(folder / store, *arguments):
                pass
        store = folder / "file/guatu.gpkg"
        subprocess.run([sys.executable, str(HERE / "million.py"), str(store), COUNT, "7"], check=True)
        bring(store, psql)
        for at in range(ROUNDS):
            for store, arguments in places.items():
                with served(folder / store, *arguments) as (_, pid, seconds):
                    print(f"{store}: {COUNT} features, listening after {seconds:.1f} s, {memory(pid):.0f} MiB", flush=True)


main()
