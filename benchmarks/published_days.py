"""What it costs to ask what the database says today of days that were published: one by one, and together.

python -m web.sample town.db
python -m benchmarks.published_days town.db --days 14
"""

import argparse
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from time import process_time

from flows.database import FlowStore
from flows.publishing import figures_by_day, figures_of
from flows.statistics import observed_times, read_sites


def main() -> None:
    """Print processor seconds of both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", help="of one site")
    parser.add_argument("--days", type=int, default=14, help="the last whole ones")
    parser.add_argument("--rounds", type=int, default=3, help="the least of them is told")
    asked = parser.parse_args()
    store = FlowStore.open_for_reading(asked.database)
    (site,) = read_sites(store.database)
    last = observed_times(store.database)[site.name].end.astimezone(site.zone).date()
    edges = [
        datetime.combine(last - timedelta(days=at), time(), site.zone).timestamp()
        for at in range(asked.days, -1, -1)
    ]
    days = list(pairwise(edges))
    alone, apart = _least(
        asked.rounds, lambda: {start: figures_of(store.database, site, start, end) for start, end in days}
    )
    together, at_once = _least(asked.rounds, lambda: figures_by_day(store.database, site, days))
    assert apart == at_once
    print(f"{asked.days} days: one by one {alone:.2f} s, together {together:.2f} s of a core")
    store.close()


def _least(rounds: int, ask: Callable[[], dict[float, str]]) -> tuple[float, dict[float, str]]:
    """The least of some rounds, seconds, and the answer."""
    took = []
    for _ in range(rounds):
        begin = process_time()
        answer = ask()
        took.append(process_time() - begin)
    return min(took), answer


if __name__ == "__main__":
    main()
