"""Losses are checked on a handful of points, in double precision where gradients are compared."""

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch: pip install fietsflow[lab]")


@pytest.fixture(autouse=True)
def one_thread_and_a_seed() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    yield
    torch.set_num_threads(threads)
