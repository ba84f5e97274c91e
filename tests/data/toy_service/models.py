"""What the toy service can be asked for."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field

from pixnb.catalogue.model import Model
from pixnb.catalogue.params import MediaInput, Params, Prompt, as_whole, media_field


class ToyVideo(Params):
    """Make a toy of a video."""

    prompt: Prompt = Field(description="What to make.")
    clip: MediaInput | None = media_field("video", "The clip to edit.", required=False)
    wheels: Annotated[int, Ge(1), Le(8), as_whole] = Field(4, description="How many wheels it has.")


MODELS = (
    Model(
        id="toy-video",
        provider="toy",
        provider_model="toy/video/v1",
        title="Toy Video",
        tasks=("text-to-video", "video-to-video"),
        params=ToyVideo,
        route="/v1/predictions",
    ),
)
