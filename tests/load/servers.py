#!/usr/bin/env python3
"""Both stores side by side, from the release binary: commits a second, and when a write on server A is seen on server B.

Starts a PostgreSQL with PostGIS of its own in a temporary folder, with its own settings (fsync is on), and stops it. Python's standard library only.
Bounded as edits.py is. `ZONES` zones more than the shipped plan (default 100,000).
"""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time

from edits import (BATCH, GUATU, SEED, SECONDS_EACH, VISIBLE_EDITS, ZONES, Client, by_batch, by_name, heard_by, make_plan, memory,
                   percentiles, rate, start_listening, token_of, versions)

PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]


def as_postgres(*command):
    """PostgreSQL refuses to be root."""
    return [*(["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []), *command]


@contextlib.contextmanager
def database():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", folder], check=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
        making = as_postgres(PROGRAMS / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", folder / "data")
        subprocess.run(making, check=True, **quiet)
        serving = as_postgres(PROGRAMS / "postgres", "-c", "listen_addresses=", "-k", folder, "-D", folder / "data")
        server = subprocess.Popen(serving, **quiet)
        psql = ["psql", "-X", "-q", "-U", "postgres", "-h", folder, "-v", "ON_ERROR_STOP=1"]
        try:
            while subprocess.run([*psql, "-c", "SELECT 1"], **quiet).returncode:
                time.sleep(0.05)
            subprocess.run([*psql, "-c", "CREATE DATABASE guatu"], check=True, **quiet)
            subprocess.run([*psql, "-d", "guatu", "-c", "CREATE EXTENSION postgis"], check=True, **quiet)
            host = str(folder).replace("/", "%2F")
            yield f"postgres://postgres@{host}/guatu", [*psql, "-d", "guatu"]
        finally:
            # The child may be a program that became another user first, so the server tells its process itself.
            process = int((folder / "data/postmaster.pid").read_text().split()[0])
            os.kill(process, signal.SIGINT)
            server.wait()


@contextlib.contextmanager
def served(data, *arguments):
    data.mkdir(exist_ok=True)
    begun = time.monotonic()
    with open(data / "log", "w") as log:
        command = [GUATU, "serve", "--listen", "127.0.0.1:0", "--data", data, *arguments]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "RUST_LOG": "warn"})
    try:
        line = server.stdout.readline().decode().strip()
        if not line.startswith("listening on "):
            raise SystemExit((data / "log").read_text())
        host, port = line.removeprefix("listening on http://").rsplit(":", 1)
        yield (host, int(port)), server.pid, time.monotonic() - begun
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def commits(address, token):
    versions.clear()
    return [rate(address, token, 1, by_name), rate(address, token, 32, by_name),
            rate(address, token, 1, by_batch), rate(address, token, 4, by_batch)]


def seen_on_the_other(a, b, token):
    """Of writes on A: until B's stream tells of it, and until a read on B that asks for it is answered."""
    writer, reader, place = Client(a, token), Client(b, token), random.Random(SEED)
    listening = start_listening(b, 1)
    sent_at, answered_at, read = {}, {}, []
    for at in range(VISIBLE_EDITS):
        sent = time.monotonic()
        answer, _ = writer.move(90_000 + at, place)
        seq = int(answer.headers["X-Guatu-Sequence"])
        sent_at[seq], answered_at[seq] = sent, time.monotonic()
        reader.ask("GET", f"/ogc/collections/zones/items/lot-{90_000 + at}?min_sequence={seq}")
        read.append(time.monotonic() - answered_at[seq])
        time.sleep(0.01)
    heard = heard_by(listening)
    return read, [heard[seq][1] - at for seq, at in answered_at.items()], [heard[seq][1] - at for seq, at in sent_at.items()]


def main():
    say = lambda name, told: print(f"{name:<58} {told}", flush=True)
    with tempfile.TemporaryDirectory() as name, database() as (url, _):
        folder = pathlib.Path(name)
        plan = make_plan(folder)
        places = {"file": [], "database": ["--database-url", url]}
        found = {}
        for store, arguments in places.items():
            with served(folder / store, "--plan", plan, *arguments) as (_, _, seconds):
                say(f"{store}: {ZONES} zones seeded and listening", f"{seconds:.1f} s")
            with served(folder / store, *arguments) as (address, pid, seconds):
                say(f"{store}: started again", f"{seconds:.1f} s, {memory(pid):.0f} MiB")
                token = token_of(address, folder / store, *arguments)
                found[store] = commits(address, token)
        names = ["edits/s, one each, 1 writer", "edits/s, one each, 32 writers", f"edits/s in batches of {BATCH}, 1 writer",
                 f"edits/s in batches of {BATCH}, 4 writers"]
        for name, ours, theirs in zip(names, found["file"], found["database"]):
            say(name, f"file {ours:7.0f}  database {theirs:7.0f}  ratio {theirs / ours:.2f}")
        with served(folder / "database", *places["database"]) as (a, _, _), served(folder / "b", *places["database"]) as (b, _, _):
            read, event, whole = seen_on_the_other(a, b, token)
            say("answered on A to read on B with min_sequence", percentiles(read))
            say("answered on A to event on B", percentiles(event))
            say("sent to A to event on B", percentiles(whole))
        print(f"each rate over {SECONDS_EACH:.0f} s")
        for log in folder.glob("*/log"):
            print(log.read_text(), end="")


if __name__ == "__main__":
    main()
