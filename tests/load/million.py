#!/usr/bin/env python3
"""Puts many made-up parcels into the collection `zones` of a store that no server has open: million.py STORE N SEED.

As another program would: the server checks them when it loads the store. They belong to the shipped plan's zones, in turn.
"""
import math
import random
import sqlite3
import struct
import sys

store, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WEST, SOUTH, EAST, NORTH = 120.64, 30.63, 120.90, 30.84
HEADER = struct.Struct("<2sBBi4d")
NAMES = ["长水", "中山", "槜李", "南郊", "茶园", "创新", "昌盛", "万国", "马家浜", "塘汇"]
WORDS = ["地块", "厂区", "小区", "绿地", "用地"]


def envelope(blob):
    return struct.unpack_from("<4d", blob, 8)


def parcel(x, y, size, vertices, turn):
    """A convex ring around a place, counter-clockwise, closed."""
    step = 2 * math.pi / vertices
    ring = [(x + size * math.cos(turn + k * step) / 0.86, y + size * math.sin(turn + k * step)) for k in range(vertices)]
    return ring + ring[:1]


def blob(ring):
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    header = HEADER.pack(b"GP", 0, 0b11, 4326, min(xs), max(xs), min(ys), max(ys))
    flat = [value for point in ring for value in point]
    return header + struct.pack(f"<BIII{len(flat)}d", 1, 3, 1, len(ring), *flat)


def main():
    chance = random.Random(seed)
    connection = sqlite3.connect(store)
    connection.create_function("ST_IsEmpty", 1, lambda _: 0, deterministic=True)
    for place, name in enumerate(["ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"]):
        connection.create_function(name, 1, lambda b, place=place: envelope(b)[place], deterministic=True)
    projects = [row[0] for row in connection.execute("SELECT DISTINCT project FROM zones WHERE project IS NOT NULL")]
    first = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM feature_numbers").fetchone()[0]
    centres = [(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)) for _ in range(200)]

    def rows():
        for k in range(count):
            cx, cy = chance.choice(centres)
            x = min(max(chance.gauss(cx, 0.01), WEST), EAST)
            y = min(max(chance.gauss(cy, 0.008), SOUTH), NORTH)
            ring = parcel(x, y, chance.uniform(0.0001, 0.0005), chance.randint(5, 60), chance.uniform(0, 1))
            name = f"{chance.choice(NAMES)}{k}号{chance.choice(WORDS)}"
            accuracy = chance.choice([1.5, 12.0, 80.0, 400.0])
            yield (first + k, blob(ring), f"m-{k}", projects[k % len(projects)], name, f"Parcel {k}", accuracy, "approximate")

    connection.executemany(
        "INSERT INTO zones (fid, geom, id, project, name_zh, name_en, accuracy_m, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )
    numbers = ((first + k, "zones", f"m-{k}") for k in range(count))
    connection.executemany("INSERT INTO feature_numbers VALUES (?, ?, ?)", numbers)
    connection.commit()
    connection.close()


main()
