#!/usr/bin/env python3
"""Exports of many features from the release binary beside ogr2ogr on the same table: exports.py [N].

Prints a line for each format: seconds, and the most memory that was taken beyond what the server held before (the plan itself is in it).
"""
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

COUNT = sys.argv[1] if len(sys.argv) > 1 else "1000000"
ROOT = pathlib.Path(__file__).resolve().parents[2]
GUATU = str(ROOT / "target/release/guatu")
DRIVERS = {"gpkg": ("GPKG", "gpkg"), "geojson": ("GeoJSON", "geojson"), "shp": ("ESRI Shapefile", "shp")}


def serve(data):
    server = subprocess.Popen([GUATU, "serve", "--data", data, "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = server.stdout.readline()
    return server, line.split()[-1]


def stop(server):
    server.send_signal(signal.SIGTERM)
    server.wait(60)


def status(server, name):
    for line in pathlib.Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def ask(address, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"content-type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def export(server, base, file_format):
    before = status(server, "VmRSS")
    # Forgets the most that was ever taken, so that the next most is this export's.
    pathlib.Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    started = time.monotonic()
    job = ask(f"{base}/api/v1/exports", {"format": file_format, "collections": ["zones"]}, {"prefer": "wait=0"})
    while job["state"] == "running":
        time.sleep(0.2)
        job = ask(f"{base}/api/v1/exports/{job['id']}")
    assert job["state"] == "done", job
    seconds = time.monotonic() - started
    receipt = job["receipt"]
    return seconds, status(server, "VmHWM") - before, receipt["count"], receipt["bytes"]


def ogr(store, file_format, folder):
    driver, ending = DRIVERS[file_format]
    target = str(pathlib.Path(folder) / f"theirs.{ending}")
    command = ["ogr2ogr", "-f", driver, target, store, "zones"]
    started = time.monotonic()
    pid = os.spawnvp(os.P_NOWAIT, command[0], command)
    _, code, usage = os.wait4(pid, 0)
    assert code == 0, command
    return time.monotonic() - started, usage.ru_maxrss / 1024


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory() as folder:
        server, _ = serve(data)
        stop(server)
        store = str(pathlib.Path(data) / "guatu.gpkg")
        subprocess.run([sys.executable, str(ROOT / "tests/load/million.py"), store, COUNT, "7"], check=True)
        started = time.monotonic()
        server, base = serve(data)
        print(f"{COUNT} features: loaded in {time.monotonic() - started:.1f} s, {status(server, 'VmRSS'):.0f} MB")
        for file_format in DRIVERS:
            seconds, more, count, size = export(server, base, file_format)
            theirs, most = ogr(store, file_format, folder)
            print(f"{file_format}: guatu {seconds:.1f} s (written, read back, hashed), {more:.0f} MB more, {count} features, {size >> 20} MiB;"
                  f" ogr2ogr {theirs:.1f} s, {most:.0f} MB", flush=True)
        stop(server)


main()
