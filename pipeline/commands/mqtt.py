"""``pipeline mqtt``: counts of whole intervals to a broker, for other people's dashboards."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("mqtt")(mqtt)


def mqtt(
    subject: Annotated[
        str | None, typer.Argument(metavar="DATABASE", help="As for --database.", show_default=False)
    ] = None,
    broker: Annotated[
        str, typer.Option("--broker", metavar="URL", help="mqtts://HOST[:PORT]; mqtt:// on this machine.")
    ] = "",
    login_file: Annotated[
        Path | None, typer.Option("--login-file", help="File of two lines: the user, the password.")
    ] = None,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", help="Check the broker with these, PEM; else with the system's."),
    ] = None,
    plain_mqtt: Annotated[
        bool, typer.Option("--plain-mqtt", help="Allow mqtt:// to other machines: the way is safe.")
    ] = False,
    topic: Annotated[str, typer.Option("--topic", help="Beginning of all topics.")] = "fietsflow",
    interval: Annotated[
        str | None, typer.Option("--interval", help="15min, 1h, 1d; as the site publishes, or longer.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Tell the newest, and end.")] = False,
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    site: Annotated[str | None, typer.Option("--site", help="Which site, where there are several.")] = None,
) -> None:
    """Publish the counts of each camera over MQTT, as soon as an interval is whole, until SIGTERM or Ctrl-C.

    Only reads the database; nothing but counts of single cameras is sent.
    """
    from pipeline.broker import BrokerAddress, read_login
    from pipeline.broker.publishing import Publishing, publish_counts
    from pipeline.runner.following import stop_on_signals
    from tracking.errors import UsageError

    if not broker:
        raise UsageError("--broker: give the address of a broker, such as mqtts://broker.example.org")
    address = BrokerAddress.parse(broker, plain=plain_mqtt, certificates=certificates)
    settings, named = settings_of(cameras, {"database": subject or database})
    login = None if login_file is None else read_login(login_file)
    how = Publishing(settings.database, site or named, address, login, topic, interval)
    with stop_on_signals() as stop:
        publish_counts(how, stop, once=once)
