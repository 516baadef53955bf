"""What is told with every saving: each count once, each second once, and nothing where nobody listens."""

from pipeline.runner.saving import SinceSaved
from pipeline.telemetry import CameraSaved, SavingTrace, SendingTrace, Stage, StageClock, Traces


def test_a_saving_tells_what_the_stages_took_since_the_one_before() -> None:
    clock, told = StageClock(), list[SavingTrace | SendingTrace]()
    clock.add(Stage.DECODE, 7.0)  # Before anybody listened.
    clock.traces.listen(told.append)
    clock.add(Stage.DECODE, 1.0)
    clock.add(Stage.STORE, 0.25)
    clock.traces.saved(CameraSaved("A", 10, 4, 1))
    clock.traces.saved(CameraSaved("B", 8, 2, 0))
    clock.traces.save_done()
    clock.add(Stage.DECODE, 2.0)
    clock.traces.saved(CameraSaved("A", 5, 5, 2))
    clock.traces.save_done()

    first, second = told
    assert isinstance(first, SavingTrace)
    assert isinstance(second, SavingTrace)
    assert first.cameras == (CameraSaved("A", 10, 4, 1), CameraSaved("B", 8, 2, 0))
    assert (first.stages[Stage.DECODE], first.stages[Stage.STORE]) == (1.0, 0.25)
    assert second.cameras == (CameraSaved("A", 5, 5, 2),)
    assert (second.stages[Stage.DECODE], second.stages[Stage.STORE]) == (2.0, 0.0)
    assert first.start <= first.end == second.start <= second.end


def test_a_round_in_which_nothing_was_saved_is_told_with_the_next() -> None:
    clock, told = StageClock(), list[SavingTrace | SendingTrace]()
    clock.traces.listen(told.append)
    clock.add(Stage.MATCH, 1.0)
    clock.traces.save_done()
    assert told == []

    clock.traces.close()

    [rest] = told
    assert isinstance(rest, SavingTrace)
    assert (rest.cameras, rest.stages[Stage.MATCH]) == ((), 1.0)
    clock.traces.saved(CameraSaved("A", 1, 1, 1))
    clock.traces.save_done()
    clock.traces.close()
    assert len(told) == 1, "closed"


def test_a_clock_that_is_set_back_makes_no_saving_that_ends_before_it_began() -> None:
    moments = iter((100.0, 40.0))
    told = list[SavingTrace | SendingTrace]()
    traces = Traces(wall=lambda: next(moments))
    traces.listen(told.append)
    traces.saved(CameraSaved("A", 1, 1, 0))
    traces.save_done()

    assert (told[0].start, told[0].end) == (100.0, 100.0)


def test_where_nobody_listens_nothing_is_kept() -> None:
    traces = Traces()
    for _ in range(3):
        traces.saved(CameraSaved("A", 1, 1, 0))
        traces.save_done()
        traces.sent(SendingTrace(0.0, 1.0, 3, "received"))
    traces.close()
    assert traces._cameras == []


def test_counts_are_told_once() -> None:
    since = SinceSaved()
    assert [since.take(10, 4), since.take(10, 4), since.take(25, 9)] == [(10, 4), (0, 0), (15, 5)]
