"""``pipeline run``: footage in, database out."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import (
    DatabaseOption,
    ExplainOption,
    FromOption,
    MetricsOption,
    ReplaceOption,
    SetOption,
    ToOption,
    given,
)
from pipeline.commands.sink_options import (
    SinkCertificatesOption,
    SinkOption,
    SinkPlainOption,
    SinkTokenOption,
    SinkWaitOption,
    sending_of,
)
from tracking.errors import UsageError


class Device(StrEnum):
    """Where the networks are computed."""

    CPU = "cpu"
    CUDA = "cuda"


class Engine(StrEnum):
    """What works the footage off."""

    LOCAL = "local"
    PROCESSES = "processes"
    RAY = "ray"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(run)


def run(
    cameras: Annotated[Path, typer.Option("--cameras", "-c", help="Site file, for example groningen.yaml.")],
    database: DatabaseOption = None,
    detector: Annotated[
        str | None, typer.Option(help="A name of `pipeline models list`, a model file, or motion.")
    ] = None,
    encoder: Annotated[str | None, typer.Option(help="A name, a model file, or colour_stripes.")] = None,
    device: Annotated[Device | None, typer.Option(help="For detector and encoder.")] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(help="One process, several of this machine, or a Ray cluster; the results are equal."),
    ] = None,
    ray_address: Annotated[
        str | None,
        typer.Option(help="Of a running cluster, host:port or auto; else one is begun on this machine."),
    ] = None,
    set_: SetOption = None,
    replace: ReplaceOption = False,
    from_: FromOption = None,
    to: ToOption = None,
    tracks: Annotated[
        Path | None,
        typer.Option(
            "--tracks",
            help="Also write the boxes of every counted cyclist to this folder, boxes_CAMERA.txt (MOT); no "
            "pictures.",
        ),
    ] = None,
    explain: ExplainOption = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Watch the folders and count files as they come, until SIGTERM or Ctrl-C; then the exit "
            "code is 0, and the same command goes on.",
        ),
    ] = False,
    sink: SinkOption = None,
    sink_token_file: SinkTokenOption = None,
    sink_certificates: SinkCertificatesOption = None,
    sink_plain_http: SinkPlainOption = False,
    sink_wait: SinkWaitOption = 30.0,
    metrics_address: MetricsOption = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help="Watch streams as they happen, until SIGTERM or Ctrl-C; a site file that is saved is read "
            "again. Not needed where every source is a stream.",
        ),
    ] = False,
    summary_json: Annotated[
        Path | None, typer.Option(help="Also write the summary to this file, as JSON.")
    ] = None,
) -> None:
    """Turn footage or streams into counts, routes, O-D matrix and travel times in a database.

    What the database has counted is not read again; new files are added to it.
    """
    from pipeline.commands.outcome import tell, tell_stopped, wishes_of
    from pipeline.configuration import load_configuration
    from pipeline.edge import sending
    from pipeline.monitor import served, traced
    from pipeline.runner import run_site
    from pipeline.runner.following import asked_by_hangup, follow_site, stop_on_signals
    from pipeline.runner.live import is_site_of_streams, run_live, share_heaps
    from pipeline.telemetry import StageClock

    named = {
        "database": database,
        "detector.name": detector,
        "detector.device": device and device.value,
        "encoder.name": encoder,
        "encoder.device": device and device.value,
        "runtime.engine": engine and engine.value,
        "runtime.ray_address": ray_address,
    }
    overrides = given(set_, named)
    configuration = load_configuration(cameras, overrides)
    if ray_address and configuration.runtime.engine != "ray":
        raise UsageError("--ray-address is for the engine ray; give --engine ray too")
    wishes = wishes_of(replace, from_, to, configuration.zone)
    clock = StageClock()
    how = sending_of(sink, sink_token_file, sink_certificates, sink_plain_http, sink_wait)
    ending = {"--replace": replace, "--tracks": tracks, "--explain": explain}
    if live or is_site_of_streams(configuration):
        _refuse_beside("--live", ending | {"--follow": follow})
        _need_local_engine("--live", configuration.runtime.engine)
        share_heaps()
        with (
            traced(clock.traces) as traces,
            served(metrics_address, clock, configuration.database),
            stop_on_signals() as stop,
            asked_by_hangup() as reload,
            sending(configuration, how, traces),
        ):
            summary = run_live(
                configuration,
                stop,
                reload=reload,
                load=lambda: load_configuration(cameras, overrides),
                clock=clock,
            )
        tell(summary, summary_json)
        return
    if follow:
        _refuse_beside("--follow", ending)
        _need_local_engine("--follow", configuration.runtime.engine)
        with (
            traced(clock.traces) as traces,
            served(metrics_address, clock, configuration.database),
            stop_on_signals() as stop,
            sending(configuration, how, traces),
        ):
            tell_stopped(follow_site(configuration, stop, stages=clock), summary_json)
        return
    with (
        traced(clock.traces) as traces,
        served(metrics_address, clock, configuration.database),
        sending(configuration, how, traces),
    ):
        summary = run_site(configuration, wishes=wishes, tracks=tracks, explain=explain, clock=clock)
    tell(summary, summary_json)


def _refuse_beside(endless: str, options: Mapping[str, object]) -> None:
    """Refuse options that mean another kind of run, most of them one with an end.

    Raises:
        UsageError: One of them was given.
    """
    for option, value in options.items():
        if value:
            kind = "recorded footage" if option == "--follow" else "a run that ends"
            raise UsageError(f"{option} is for {kind}; give it to pipeline run without {endless}")


def _need_local_engine(endless: str, engine: str) -> None:
    """Refuse what only this process can do where another engine is asked for.

    Raises:
        UsageError: Another engine is.
    """
    if engine != "local":
        raise UsageError(
            f"{endless} works with the engine local only, not with {engine}; give --engine local, or run "
            f"without {endless}"
        )
