"""Asks an application everything that its description allows, and what it does not."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

schemathesis = pytest.importorskip("schemathesis", reason="the package schemathesis is not installed")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

LEFT_OUT = [
    # That there is no such camera or day is no type that a description could tell.
    checks.positive_data_acceptance,
]

LOOK_WELL = [pytest.param(2, id="few"), pytest.param(60, id="many", marks=pytest.mark.long)]
"""Examples of each address, of those that fit the description and of those that do not."""


def attack(schema: Any, headers: Mapping[str, str], examples: int) -> dict[int, int]:
    """Ask every address, and compare each answer with the description.

    Args:
        schema: A description that schemathesis has read.
        headers: Sent with every request.
        examples: Of each address and kind.

    Returns:
        How often each status was answered.
    """
    modes = schemathesis.GenerationMode
    codes: dict[int, int] = {}
    # Reading what constants our code compares with takes longer than a few examples.
    schema.config.analysis.constants.enabled = examples > 10
    for found in schema.get_all_operations():
        for mode in (modes.POSITIVE, modes.NEGATIVE):

            @settings(
                max_examples=examples,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=found.ok().as_strategy(mode))
            def ask(case: Any) -> None:
                answer = case.call(headers=headers)
                codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
                case.validate_response(answer, headers=headers, excluded_checks=LEFT_OUT)

            ask()
    return codes
