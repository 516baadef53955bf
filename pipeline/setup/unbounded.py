"""A camera as if nobody had drawn anything yet."""

from pipeline.configuration import CameraSettings, Configuration


def without_region(configuration: Configuration, camera_id: str) -> Configuration:
    """The same site, with the whole picture of a camera as its region.

    Args:
        configuration: Of the site.
        camera_id: Camera.
    """
    return with_camera(
        configuration, configuration.camera(camera_id).model_copy(update={"roi": None, "exclude": ()})
    )


def with_camera(configuration: Configuration, camera: CameraSettings) -> Configuration:
    """The same site with another description of one of its cameras."""
    cameras = tuple(camera if one.id == camera.id else one for one in configuration.cameras)
    return configuration.model_copy(update={"cameras": cameras})
