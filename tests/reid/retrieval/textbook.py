"""The same measures, written down as in a textbook: one pair at a time, without any array tricks."""

import math

from reid.retrieval import EmbeddingSet

Pair = tuple[int, int]


def pairs_of(found: EmbeddingSet, exclude_same_camera: bool) -> list[Pair]:
    """Query and gallery positions that may be compared."""
    everyone = range(len(found))
    asks = [found.query is None or bool(found.query[one]) for one in everyone]
    searched = [found.query is None or not found.query[one] for one in everyone]
    pairs = []
    for query in everyone:
        for other in everyone:
            if not asks[query] or not searched[other] or query == other:
                continue
            same_camera = found.camera[query] == found.camera[other]
            if same_camera and (exclude_same_camera or same_rider(found, query, other)):
                continue
            pairs.append((query, other))
    return pairs


def same_rider(found: EmbeddingSet, first: int, second: int) -> bool:
    return bool(found.identity[first] == found.identity[second] != "0")


def distance(found: EmbeddingSet, first: int, second: int) -> float:
    a, b = found.embedding[first].tolist(), found.embedding[second].tolist()
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def rank_by_hand(found: EmbeddingSet, exclude_same_camera: bool) -> tuple[list[float], float, int]:
    """CMC of length 20, mAP, number of queries with an answer."""
    answers: dict[int, list[tuple[float, bool]]] = {}
    for query, other in pairs_of(found, exclude_same_camera):
        right = same_rider(found, query, other)
        answers.setdefault(query, []).append((distance(found, query, other), right))
    firsts, precisions = [], []
    for ranked in answers.values():
        ranked.sort(key=lambda answer: answer[0])
        places = [place for place, (_, right) in enumerate(ranked, 1) if right]
        if places:
            firsts.append(places[0])
            precisions.append(sum(hit / place for hit, place in enumerate(places, 1)) / len(places))
    count = len(firsts)
    cmc = [sum(first <= rank for first in firsts) / count for rank in range(1, 21)]
    return cmc, sum(precisions) / count, count


def decide_by_hand(
    found: EmbeddingSet, exclude_same_camera: bool, threshold: float
) -> tuple[int, int, int, int]:
    """True positives, false positives, false negatives, true negatives of all pairs."""
    counts = [0, 0, 0, 0]
    for first, second in pairs_of(found, exclude_same_camera):
        if found.query is None and first > second:
            continue
        taken, same = distance(found, first, second) < threshold, same_rider(found, first, second)
        counts[{(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[taken, same]] += 1
    return counts[0], counts[1], counts[2], counts[3]


def search_by_hand(found: EmbeddingSet, threshold: float) -> tuple[float, float, float]:
    """FPIR, DIR and FNIR at a threshold."""
    mates: dict[int, list[float]] = {}
    others: dict[int, list[float]] = {}
    for query, other in pairs_of(found, False):
        side = mates if same_rider(found, query, other) else others
        side.setdefault(query, []).append(distance(found, query, other))
    false_alarms = sum(min(found_) < threshold for found_ in others.values()) / len(others)
    hits = sum(min(m) < threshold for m in mates.values())
    first = sum(min(m) < threshold and min(m) < min(others[q]) for q, m in mates.items())
    return false_alarms, first / len(mates), 1 - hits / len(mates)
