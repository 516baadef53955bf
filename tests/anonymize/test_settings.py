"""Settings that would leave people recognisable do not exist."""

from typing import Any

import pytest
from pydantic import ValidationError

from anonymize import AnonymizeSettings


def test_by_default_each_crop_is_blurred_whole_by_median() -> None:
    settings = AnonymizeSettings()
    assert (settings.when, settings.method, settings.region) == ("crop", "median", "whole")
    assert settings.kernel_pixels == 5


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"method": "none"}, "median"),
        ({"when": "never"}, "crop"),
        ({"region": "background"}, "whole"),
        ({"kernel": "thesis3"}, "thesis5"),
        ({"kernel": 5}, "thesis5"),
        ({"largest_rider": 0}, "greater than 0"),
        ({"largest_rider": 1.2}, "less than or equal to 1"),
        ({"when": "source", "region": "face"}, "cannot protect a whole frame"),
        ({"when": "source", "region": "whole_and_face"}, "needs a face_model"),
        ({"strength": 3}, "Extra inputs"),
    ],
)
def test_settings_without_protection_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        AnonymizeSettings.model_validate(values)
