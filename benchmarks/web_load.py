"""How fast ``pipeline serve`` answers people who look around in a database.

The server is a process of its own. A person opens the first page, looks at it for a while, and follows one of
its links or sets its filter to something else; so every page, camera and period that can be reached is asked
for in the end. Page by page: how long an answer took, the first one of all apart.

    python -m benchmarks.storage --sightings 1000000 --database sqlite --folder year --times 1
    python -m benchmarks.web_load year/flows.db --users 20 --look-s 5 --seconds 60
"""

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import numpy as np
import psutil

_SERVE = "from pipeline.commands import main; main()"
_LINK = re.compile(r'href="(/[^"#]*)"')
_FORM = re.compile(r'<form[^>]*action="(/[^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_CHOICE = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option[^>]*value="([^"]*)"')
_DATE = re.compile(r'<input[^>]*type="date"[^>]*name="([^"]+)"[^>]*value="([^"]+)"')


@dataclass
class Told:
    """What people saw.

    Attributes:
        taken: By page, milliseconds of each answer.
        failed: Addresses that were answered with an error, and its number.
    """

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[tuple[str, int]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument(
        "--look-s", type=float, default=5.0, help="a person looks at a page so long, on average"
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    asked = parser.parse_args()
    server, host = started(asked.database)
    try:
        begun = time.perf_counter()
        ask(host, "/network")
        first_ms = (time.perf_counter() - begun) * 1000
        told = walk(host, asked.users, asked.look_s, asked.seconds, asked.seed)
        used = psutil.Process(server.pid)
        core_s, peak_mb = sum(used.cpu_times()[:2]), used.memory_info().rss / 1e6
    finally:
        server.terminate()
        server.wait()
    print(
        f"{asked.users} people, {asked.look_s:g} s a page, {asked.seconds:g} s; "
        f"first view {first_ms:.0f} ms; "
        f"server {core_s:.0f} s of processor time, {peak_mb:.0f} MB; load {os.getloadavg()[0]:.1f}; "
        f"{len(told.failed)} failed"
    )
    for address, status in told.failed[:10]:
        print(f"{status} {address}", file=sys.stderr)
    rows = list(summed(told))
    print("\n| page | answers | p50 ms | p95 ms | longest ms |\n|---|---:|---:|---:|---:|")
    for name, count, p50, p95, longest in rows:
        print(f"| {name} | {count} | {p50:.0f} | {p95:.0f} | {longest:.0f} |")
    if asked.json:
        asked.json.write_text(json.dumps({"first_ms": first_ms, "pages": rows}, indent=2) + "\n", "utf-8")


def started(database: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the server; returns it and the address that it tells."""
    line = [
        sys.executable,
        "-c",
        _SERVE,
        "serve",
        "--database",
        f"sqlite:///{database}",
        "--port",
        "0",
        "--rate",
        "1000000",
    ]
    server = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for said in server.stdout:
        found = re.search(r"http://([^/\s]+)", said)
        if found:
            return server, found.group(1)
    raise SystemExit("the server did not start")


def walk(host: str, users: int, look_s: float, seconds: float, seed: int) -> Told:
    """Let people walk through the pages at once."""
    told, guard, end = Told(), threading.Lock(), time.monotonic() + seconds

    def one(number: int) -> None:
        dice, address = random.Random(f"{seed} {number}"), "/network"
        time.sleep(dice.random() * look_s)
        while time.monotonic() < end:
            begun = time.perf_counter()
            status, page = ask(host, address)
            with guard:
                told.taken[urlsplit(address).path].append((time.perf_counter() - begun) * 1000)
                if status != 200:
                    told.failed.append((address, status))
            address = dice.choice(ways(page, dice) or ["/network"])
            time.sleep(dice.expovariate(1 / look_s) if look_s else 0)

    people = [threading.Thread(target=one, args=(number,)) for number in range(users)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return told


def ask(host: str, address: str) -> tuple[int, str]:
    """Get a page, whole, over a connection of its own."""
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def ways(page: str, dice: random.Random) -> list[str]:
    """Where one can go from a page: its links, and its filters set to something else."""
    found = [unescape(link) for link in _LINK.findall(page) if not link.startswith(("/static", "/logout"))]
    for action, inside in _FORM.findall(page):
        chosen = dict(_DATE.findall(inside))
        if {"from", "to"} <= chosen.keys():
            end = date.fromisoformat(chosen["to"]) + timedelta(days=7 * dice.randint(-20, 20))
            chosen |= {"from": str(end - timedelta(days=dice.choice((1, 7, 30)))), "to": str(end)}
        for name, options in _CHOICE.findall(inside):
            values = _OPTION.findall(options)
            if values:
                chosen[name] = unescape(dice.choice(values))
        if chosen:
            # As often as all links together: people who look for something choose.
            found += [f"{unescape(action)}?{urlencode(chosen)}"] * max(1, len(found))
    return found


def summed(told: Told) -> Iterator[tuple[str, int, float, float, float]]:
    """Page, answers, median, 95th percentile and the longest, milliseconds."""
    for name, taken in sorted(told.taken.items()):
        p50, p95 = np.percentile(taken, [50, 95])
        yield name, len(taken), float(p50), float(p95), max(taken)


if __name__ == "__main__":
    main()
