"""``pipeline adapt``: a detector learns on from footage that nobody labelled."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracking.errors import UsageError

if TYPE_CHECKING:
    from workshop.adaptation.description import AdaptationDescription


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("adapt")(adapt)


def adapt(
    teacher: Annotated[
        list[str],
        typer.Option("--teacher", help="Detector that labels it, a file or a name; several are fused."),
    ],
    footage: Annotated[
        list[Path] | None,
        typer.Option("--footage", help="Video, folder of videos, or folder of pictures; may be repeated."),
    ] = None,
    no_cyclists: Annotated[
        list[Path] | None,
        typer.Option("--no-cyclists", help="The same in which, as you know, nobody cycles."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the model, its card and the training's state.")
    ] = Path("adapted"),
    start: Annotated[
        str, typer.Option("--from", help="Detector that learns on, a file or a name; trained here.")
    ] = "cyclist_detector",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", help="Folder of labelled data to mix in, as `pipeline models train` takes it."
        ),
    ] = None,
    left_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", help="Beginning of names in the footage to leave out; may be repeated."),
    ] = None,
    licence: Annotated[
        str, typer.Option("--licence", help="Terms of the weights, for the card; footage may bind them.")
    ] = "not stated",
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Of the processor; all if not given.")
    ] = None,
    description: Annotated[
        Path | None,
        typer.Option("--description", help="YAML file of values, as `--set` names them, which come on top."),
    ] = None,
    look_only: Annotated[
        bool,
        typer.Option(
            "--look-only",
            help="Only paint and let the teachers look; the same command without it goes on from there.",
        ),
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any value, for example optimisation.steps=300."),
    ] = None,
) -> None:
    """Let other detectors label footage, and the shipped one learn from what they are sure of.

    Nothing leaves the machine, and no picture is written. Interrupted, the same command goes on where it
    stopped. The result is measured against its start on simulated streets, and on labelled data where
    `--data` names some; use it with `pipeline run --detector`.
    """
    from workshop.adaptation.detector import adapt_detector, look_ahead_of
    from workshop.adaptation.plan import AdaptationPlan
    from workshop.training import to_standard_error

    if not footage and not no_cyclists:
        raise UsageError("--footage: name footage to learn from, or some without cyclists by --no-cyclists")
    plan = AdaptationPlan(
        tuple(footage or ()),
        tuple(teacher),
        start,
        output,
        data,
        tuple(left_out or ()),
        threads,
        tuple(no_cyclists or ()),
    )
    described = _described(description, set_ or [], threads)
    if look_only:
        taught = look_ahead_of(plan, described, to_standard_error)
        typer.echo(
            f"{taught.frames} frames: {taught.cyclists} cyclists, {taught.pedestrians} pedestrians, "
            f"{taught.others} others, {taught.doubted} in doubt; kept in {output}"
        )
        return
    adapted = adapt_detector(plan, described, licence, to_standard_error)
    typer.echo("AP50, before and after (and of how many):")
    for name, after in adapted.after.items():
        before = adapted.before[name]
        kinds = (
            (kind, getattr(before, kind).value, getattr(after, kind)) for kind in ("cyclist", "pedestrian")
        )
        told = [
            f"{kind}s {old:.3f} {new.value:.3f} ({new.objects})" for kind, old, new in kinds if new.objects
        ]
        typer.echo(f"  {name}: {', '.join(told) or 'nobody to find'}")
    path = adapted.path
    typer.echo(f"{path}, card {path.with_suffix('.json').name}; use it with --detector {path}")


def _described(file: Path | None, assignments: list[str], threads: int | None) -> "AdaptationDescription":
    from pydantic import ValidationError

    from pipeline.configuration import parse_assignments
    from pipeline.configuration.layers import nest_overrides, overlay
    from workshop.adaptation.description import AdaptationDescription, read_assignments

    where = "--set"
    given = parse_assignments(assignments) | ({} if threads is None else {"optimisation.threads": threads})
    try:
        values = AdaptationDescription().model_dump(mode="json")
        if file is not None:
            where = f"{file}:"
            values = overlay(values, read_assignments(file))
            AdaptationDescription.model_validate(values)
        where = "--set"
        return AdaptationDescription.model_validate(overlay(values, nest_overrides(given, {})))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{where} {key}: {first['msg']}") from None
