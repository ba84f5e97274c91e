"""The models of Apiframe v2: prompt-driven video editing, and the upscaling that its page points to.

Facts: https://docs-v2.apiframe.ai/docs/video-edits and the service's own OpenAPI document, release 2.0.0
(https://github.com/apiframe-ai/apiframe-nodejs-sdk, openapi.json). Descriptions are ours. It documents no
defaults, and prices in credits only on request: both are left unset.
"""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from pixnb.catalogue.model import Model
from pixnb.catalogue.params import MediaInput, Params, Prompt, Text, UpTo, as_whole, media_field

_EDITS_PAGE = "https://docs-v2.apiframe.ai/docs/video-edits"
_OPENAPI = "https://api.apiframe.ai/v2/openapi.json"


class WanVideoEdit(Params):
    """Edit a clip by an instruction: restyle it, change clothes or the background; who is in it stays."""

    prompt: Annotated[Prompt, UpTo(5000)] = Field(
        description="The change to make, as an instruction: name the object or the style, and the new look."
    )
    video: MediaInput = media_field("video", "The clip to edit.")
    reference_image: MediaInput | None = media_field(
        "reference", "A picture of what to put in: a garment, a thing, a person, a look.", required=False
    )
    resolution: Literal["720p", "1080p"] | None = Field(None, description="Size of the clip.")
    aspect_ratio: Literal["auto", "16:9", "9:16", "1:1", "4:3", "3:4"] | None = Field(
        None, description="Shape of the clip; auto takes the input's."
    )
    duration: Annotated[int, Ge(2), Le(10), as_whole] | None = Field(
        None, description="Length of the clip in seconds; left out, it is as long as the input, and so is the bill."
    )
    audio_setting: Literal["auto", "origin"] | None = Field(
        None, description="Whether the model sees to the sound, or the input's stays."
    )
    negative_prompt: Annotated[Text, UpTo(2500)] | None = Field(None, description="What the clip should not show.")
    # The document sets no bounds, so neither do we
    seed: Annotated[int, as_whole] | None = Field(
        None, description="Starting point of chance: the same request with the same seed can be had again."
    )


class TopazUpscale(Params):
    """Make a clip larger and smoother without changing what it shows; takes no prompt."""

    video: MediaInput = media_field("video", "The clip to make larger.")
    target_resolution: Literal["720p", "1080p", "4k"] = Field(description="Size of the result; it bears on the price.")
    target_fps: Literal[24, 30, 60] = Field(description="Frames per second of the result; it bears on the price.")
    enhance_model: (
        Literal["auto", "theia-fine-tune-detail", "theia-fine-tune-fidelity", "apollo", "rhea", "iris"] | None
    ) = Field(None, description="Which of Topaz's models does it; auto lets the service choose.")
    subject_detection: Literal["all", "foreground", "background", "none"] | None = Field(
        None, description="Which part of the picture gets the most care."
    )


MODELS: tuple[Model, ...] = (
    Model(
        id="wan-2.7-videoedit",
        provider="apiframe",
        provider_model="wan-2.7-videoedit",
        title="Wan 2.7 VideoEdit",
        tasks=("video-to-video",),
        params=WanVideoEdit,
        route="/v2/videos/edit",
        nested="wan27VideoeditParams",
        docs_url=_EDITS_PAGE,
    ),
    Model(
        id="topaz-video-upscale",
        provider="apiframe",
        provider_model="topaz-video-upscale",
        title="Topaz Video Upscale",
        tasks=("video-to-video",),
        params=TopazUpscale,
        route="/v2/videos/upscale",
        nested="topazVideoParams",
        docs_url=_OPENAPI,
    ),
)
"""Both of them, the editor first."""

__all__ = ["MODELS"]
