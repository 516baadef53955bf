"""The chain of one camera: boxes → region of interest → tracklets → riders → anonymous sightings."""

from pipeline.stages.camera_chain import CameraChain, ChainSettings
from pipeline.stages.passage import Passage
from pipeline.stages.sampler import CropSampler
from pipeline.stages.sightings import SightingMaker

__all__ = ["CameraChain", "ChainSettings", "CropSampler", "Passage", "SightingMaker"]
