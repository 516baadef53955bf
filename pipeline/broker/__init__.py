"""Counts for other people's dashboards: MQTT topics that hold the newest whole interval of each camera."""

from pipeline.broker.address import BrokerAddress, Login, read_login
from pipeline.broker.line import BrokerLine
from pipeline.broker.publisher import Publisher
from pipeline.broker.told import Counts, Message

__all__ = ["BrokerAddress", "BrokerLine", "Counts", "Login", "Message", "Publisher", "read_login"]
