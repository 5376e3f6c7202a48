#!/usr/bin/env python3
"""Loads the release binary with edits, over a plan with 100,000 more zones, and prints a table.

Python's standard library only. The client takes its share of the same cores, so that rates are what both do together.
Bounded: each stage takes SECONDS_EACH (default 5) or a count that is named below.
"""

import http.client
import json
import multiprocessing
import os
import pathlib
import random
import re
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUATU = pathlib.Path(os.environ.get("GUATU_BIN", ROOT / "target/release/guatu"))
SECONDS_EACH = float(os.environ.get("SECONDS_EACH", "5"))
ZONES = int(os.environ.get("ZONES", "100000"))
LISTENERS = int(os.environ.get("LISTENERS", "1000"))
BATCH = 100
VISIBLE_EDITS = 200
FANOUT_EDITS = 30
READERS = 4
PASSWORD = "a path along the river"
SEED = 2019


def make_plan(folder):
    """The shipped plan with small pentagons all over its extent."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "geodata", folder / "geodata")
    path = folder / "geodata/jxedz-2019/zones.geojson"
    zones = json.loads(path.read_text())
    place = random.Random(SEED)
    turns = [(0.0008, 0.0), (0.00025, 0.00076), (-0.00065, 0.00047), (-0.00065, -0.00047), (0.00025, -0.00076), (0.0008, 0.0)]
    for at in range(ZONES):
        x, y = place.uniform(120.62, 120.93), place.uniform(30.62, 30.85)
        zones["features"].append({
            "type": "Feature", "id": f"lot-{at}",
            "properties": {"project": "hsr-core", "name_zh": f"地块{at}", "name_en": f"Lot {at}", "accuracy_m": 10,
                           "position": "surveyed", "basis_zh": "虚构", "basis_en": "invented"},
            "geometry": {"type": "Polygon", "coordinates": [[[round(x + dx, 6), round(y + dy, 6)] for dx, dy in turns]]},
        })
    path.write_text(json.dumps(zones, ensure_ascii=False))
    return folder / "seeds/jxedz-2019"


class Client:
    def __init__(self, address, token=None):
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method, path, body=None, **headers):
        text = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if text else {}
        self.connection.request(method, path, text, {**self.headers, **kind, **headers})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]!r}")
        return answer, text

    def rename(self, zone, name):
        change = {"properties": {"name_en": name}}
        return self.ask("PATCH", f"/ogc/collections/zones/items/lot-{zone}", change, **{"If-Match": "*"})

    def move(self, zone, place):
        x, y = place.uniform(120.62, 120.93), place.uniform(30.62, 30.85)
        ring = [[x, y], [x + 0.001, y], [x, y + 0.001], [x, y]]
        change = {"geometry": {"type": "Polygon", "coordinates": [ring]}}
        return self.ask("PATCH", f"/ogc/collections/zones/items/lot-{zone}", change, **{"If-Match": "*"})


def token_of(address, data, *place):
    adding = [GUATU, "user", "add", "writer", "--password-stdin", "--role", "gis", "--role", "planner", "--data", data, *place]
    subprocess.run(adding, input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)
    client = Client(address)
    own = {"Sec-Fetch-Site": "same-origin"}
    answer, _ = client.ask("POST", "/api/v1/session", {"name": "writer", "password": PASSWORD}, **own)
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    wanted = {"label": "load", "scopes": ["read", "edit_plan", "edit_geometry"], "expires": None}
    _, text = client.ask("POST", "/api/v1/tokens", wanted, Cookie=cookie, **own)
    return json.loads(text)["token"]


def rate(address, token, writers, edit):
    """Edits a second by `writers` at once; each has zones of its own."""
    until = time.monotonic() + SECONDS_EACH
    counts = [0] * writers

    def work(at):
        client, place = Client(address, token), random.Random(SEED + at)
        while time.monotonic() < until:
            counts[at] += edit(client, at, counts[at], place)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(writers)]
    begun = time.monotonic()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sum(counts) / (time.monotonic() - begun)


def by_name(client, at, count, place):
    client.rename(at * 1000 + count % 1000, f"Lot {at}/{count}")
    return 1


def by_move(client, at, count, place):
    client.move(at * 1000 + count % 1000, place)
    return 1


versions = {}


def by_batch(client, at, count, place):
    zones = range(50_000 + at * 1000 + count % 1000, 50_000 + at * 1000 + count % 1000 + BATCH)
    edits = [{"op": "patch", "type": "feature", "collection": "zones", "id": f"lot-{zone}", "version": versions.get(zone, 1),
              "value": {"properties": {"accuracy_m": 1 + count % 97}}} for zone in zones]
    client.ask("POST", "/api/v1/batches", {"edits": edits})
    for zone in zones:
        versions[zone] = versions.get(zone, 1) + 1
    return BATCH


def percentiles(times):
    times = sorted(times)
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))] * 1000
    return f"p50 {at(0.5):7.2f} ms  p99 {at(0.99):7.2f} ms  ({len(times)})"


def read_nearby(address, stop, count):
    client, place = Client(address), random.Random()
    while not stop.is_set():
        x, y = place.uniform(120.7, 120.8), place.uniform(30.68, 30.76)
        client.ask("GET", f"/api/v1/nearby?lon={x:.5f}&lat={y:.5f}&radius_m=500&limit=20")
        with count.get_lock():
            count.value += 1


def listen(address, number, ready, results, stop):
    """Follows the stream `number` times; tells for each change how many got it, and when the first and the last did."""
    selector, heard = selectors.DefaultSelector(), {}
    for _ in range(number):
        stream = socket.create_connection(address)
        stream.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: guatu\r\nAccept: text/event-stream\r\n\r\n")
        stream.setblocking(False)
        selector.register(stream, selectors.EVENT_READ, [b""])
    hellos = 0
    while not stop.is_set():
        for ready_key, _ in selector.select(0.2):
            data = ready_key.fileobj.recv(1 << 16)
            if not data:
                selector.unregister(ready_key.fileobj)
                continue
            now, rest = time.monotonic(), ready_key.data
            rest[0] += data
            *whole, rest[0] = rest[0].split(b"\n\n")
            for message in whole:
                if b"event: hello" in message:
                    hellos += 1
                    if hellos == number:
                        ready.set()
                elif b"event: change" in message:
                    seq = int(re.search(rb"id: ?(\d+)", message).group(1))
                    got = heard.setdefault(seq, [0, now, now])
                    got[0], got[2] = got[0] + 1, now
                elif b"event: reset" in message:
                    heard.setdefault("reset", [0, now, now])[0] += 1
    results.put(heard)


def start_listening(address, number):
    ready, stop, results = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
    process = multiprocessing.Process(target=listen, args=(address, number, ready, results, stop))
    process.start()
    if not ready.wait(60):
        raise SystemExit("not all listeners were greeted")
    return process, stop, results


def heard_by(listening):
    process, stop, results = listening
    time.sleep(1.5)
    stop.set()
    heard = results.get(timeout=30)
    process.join()
    return heard


def memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def measure(address, token, pid):
    say = lambda name, told: print(f"{name:<58} {told}", flush=True)
    client, place = Client(address, token), random.Random(SEED)
    say("memory after the start", f"{memory(pid):.0f} MiB")
    for writers in (1, 32):
        say(f"edits/s, one each, durable, {writers} writers, moved", f"{rate(address, token, writers, by_move):.0f}")
        say(f"edits/s, one each, durable, {writers} writers, renamed", f"{rate(address, token, writers, by_name):.0f}")
    for writers in (1, 4):
        say(f"edits/s in batches of {BATCH}, {writers} writers", f"{rate(address, token, writers, by_batch):.0f}")
    stop, count = multiprocessing.Event(), multiprocessing.Value("L")
    readers = [multiprocessing.Process(target=read_nearby, args=(address, stop, count)) for _ in range(READERS)]
    for loaded in (False, True):
        beside = f"{READERS if loaded else 0} readers"
        if loaded:
            [reader.start() for reader in readers]
            time.sleep(0.5)
        listening = start_listening(address, 1)
        sent_at, landed, shown, begun, before = {}, [], [], time.monotonic(), count.value
        for at in range(VISIBLE_EDITS):
            sent = time.monotonic()
            answer, _ = client.move(90_000 + at, place)
            answered = time.monotonic()
            seq, version = int(answer.headers["X-Guatu-Sequence"]), answer.headers["ETag"].strip('"').split("-")[0]
            while True:
                answer, _ = client.ask("GET", f"/ogc/collections/zones/items/lot-{90_000 + at}")
                if answer.headers["ETag"].strip('"').split("-")[0] == version:
                    break
            sent_at[seq] = sent
            landed.append(answered - sent)
            shown.append(time.monotonic() - answered)
        took = time.monotonic() - begun
        heard = heard_by(listening)
        say(f"PATCH sent to answered, {beside}", percentiles(landed))
        say(f"answered to first GET that shows it, {beside}", percentiles(shown))
        say(f"PATCH sent to event received, {beside}", percentiles([heard[seq][1] - at for seq, at in sent_at.items()]))
        if loaded:
            say("nearby/s meanwhile", f"{(count.value - before) / took:.0f}")
    stop.set()
    [reader.join() for reader in readers]
    before = memory(pid)
    listening = start_listening(address, LISTENERS)
    with_listeners = memory(pid)
    answered_at = {}
    for at in range(FANOUT_EDITS):
        answer, _ = client.move(95_000 + at, place)
        answered_at[int(answer.headers["X-Guatu-Sequence"])] = time.monotonic()
        time.sleep(0.1)
    heard = heard_by(listening)
    got = sum(heard.get(seq, [0])[0] for seq in answered_at)
    say(f"events received, {LISTENERS} listeners x {FANOUT_EDITS}", f"{got} of {LISTENERS * FANOUT_EDITS}")
    if got != LISTENERS * FANOUT_EDITS or "reset" in heard:
        raise SystemExit("events were lost")
    say("answered to received by the last listener", percentiles([heard[seq][2] - at for seq, at in answered_at.items()]))
    say("memory before, with listeners", f"{before:.0f}, {with_listeners:.0f} MiB")
    say("memory at the end", f"{memory(pid):.0f} MiB")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        plan, data = make_plan(folder), folder / "data"
        begun = time.monotonic()
        with open(folder / "log", "w") as log:
            command = [GUATU, "serve", "--listen", "127.0.0.1:0", "--data", data, "--plan", plan]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "RUST_LOG": "warn"})
        try:
            line = server.stdout.readline().decode().strip()
            if not line.startswith("listening on "):
                raise SystemExit((folder / "log").read_text())
            print(f"{ZONES} zones more than the shipped plan, seeded and listening in {time.monotonic() - begun:.1f} s")
            host, port = line.removeprefix("listening on http://").rsplit(":", 1)
            address = (host, int(port))
            measure(address, token_of(address, data), server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
        print((folder / "log").read_text(), end="")


if __name__ == "__main__":
    main()
