"""Processor time that pages cost: asked for the first time, and again.

In this process, one question after another; nothing is remembered but what the page itself has asked. So
the figures depend little on what else a machine does. How long people wait is told by `benchmarks.web_load`.

    python -m benchmarks.storage --sightings 1000000 --days 37 --database sqlite --folder year --times 1
    python -m benchmarks.web_pages year/flows.db
"""

import argparse
import gc
import time
from datetime import timedelta

from starlette.testclient import TestClient

from flows.database import FlowStore
from web.access import Door
from web.answers import Answers, Policy
from web.application import create_app
from web.pages import PAGES
from web.view import whole_days

PERIODS = (("day", 1), ("week", 7), ("month", 31))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    store = FlowStore.open_for_reading(parser.parse_args().database)
    answers = Answers(store.database, Policy())
    site = answers.sites()[0]
    first = whole_days(site, answers.observed()[site.name]).first
    asked_ms(answers, "/network")  # Templates are read once.
    # As the server does.
    gc.collect()
    gc.freeze()
    print("| page | " + " | ".join(f"a {name}, again" for name, _ in PERIODS) + " |")
    print("|---" * (len(PERIODS) + 1) + "|")
    for page in PAGES:
        cells = []
        for _, days in PERIODS:
            ends = f"origin={site.cameras[0].name}&destination={site.cameras[-1].name}&" * (page == "pair")
            address = f"/{page}?{ends}from={first}&to={first + timedelta(days=days)}"
            fresh = Answers(store.database, Policy())
            fresh.sites(), fresh.observed()
            cells.append(", ".join(f"{asked_ms(fresh, address):.0f}" for _ in range(2)))
        print(f"| {page} | " + " | ".join(cells) + " |", flush=True)
    store.close()


def asked_ms(answers: Answers, address: str) -> float:
    """Milliseconds of a core for one answer."""
    client = TestClient(create_app(answers, Door(a_minute=10**6)), base_url="http://127.0.0.1")
    begun = time.process_time()
    answer = client.get(address)
    used = time.process_time() - begun
    assert answer.status_code == 200, address
    return used * 1000


if __name__ == "__main__":
    main()
