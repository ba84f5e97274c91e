"""The eight models that Pixazo documents: Lucy Edit Fast and seven of the LTX family.

Facts: https://www.pixazo.ai/models/lucy-edit and https://www.pixazo.ai/models/ltx. Descriptions are ours.
Pixazo documents no seed for any of them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pixnb.catalogue.model import Model
from pixnb.catalogue.params import (
    Count,
    MediaInput,
    Params,
    Prompt,
    Text,
    WebURL,
    Whole,
    Word,
    hinted_field,
    media_field,
)
from pixnb.catalogue.prices import Price

_LUCY_PAGE = "https://www.pixazo.ai/models/lucy-edit"
_LTX_PAGE = "https://www.pixazo.ai/models/ltx"

_SCENE = "What the clip shows: subject, action, light, camera. Detail helps."
_MOTION = "How the picture comes alive: motion, camera, mood."
_LENGTH = "Length of the clip, in seconds."
_HEIGHT = "Size of the clip."
_RATE = "Frames per second of the clip."
_SOUND = "Whether the clip gets a soundtrack that fits it; without, it is silent."


class LucyEditFast(Params):
    """Edit a video by an instruction, quickly: change clothes, objects, styles."""

    prompt: Prompt = Field(
        description="The change to make, as an instruction: name the object, its place, the new look."
    )
    video_url: MediaInput = media_field("video", "The video to edit: MP4, MOV or AVI.")
    enhance_prompt: bool | None = Field(
        None,
        description="Whether the service rewrites the prompt to be clearer; good for short or vague ones.",
    )


class Ltx23TextToVideo(Params):
    """Make a video, with sound if wanted, from text alone."""

    prompt: Prompt = Field(description=_SCENE)
    duration: Literal[6, 8, 10] = Field(6, description=_LENGTH)
    resolution: Literal["1080p", "1440p", "2160p"] = Field("1080p", description=_HEIGHT)
    aspect_ratio: Literal["16:9", "9:16"] = Field("16:9", description="Shape of the clip: lying or standing.")
    fps: Literal[24, 25, 48, 50] = Field(25, description=_RATE)
    generate_audio: bool = Field(True, description=_SOUND)


class Ltx23ImageToVideo(Params):
    """Animate a picture, or go from one picture to another."""

    image_url: MediaInput = media_field("image", "The picture that the clip starts from.")
    end_image_url: MediaInput | None = media_field(
        "end_image",
        "The picture that the clip ends on; given, the clip is a transition between the two.",
        required=False,
    )
    prompt: Prompt = Field(description=_MOTION)
    duration: Literal[6, 8, 10] = Field(6, description=_LENGTH)
    resolution: Literal["1080p", "1440p", "2160p"] = Field("1080p", description=_HEIGHT)
    aspect_ratio: Literal["auto", "16:9", "9:16"] = Field(
        "auto", description="Shape of the clip; auto takes the picture's."
    )
    fps: Literal[24, 25, 48, 50] = Field(25, description=_RATE)
    generate_audio: bool = Field(True, description=_SOUND)


class Ltx23AudioToVideo(Params):
    """Make a video whose motion and timing follow a sound."""

    prompt: Prompt = Field(description="What the clip shows: subject, action, light, surroundings.")
    audio_url: MediaInput = media_field("audio", "The sound to follow: MP3, WAV or another common format.")
    image_url: MediaInput | None = media_field(
        "image", "The first frame; without one, the model makes it from the prompt.", required=False
    )
    # the page speaks of 5-7 and 9-12 and sets no limit, so neither do we
    guidance_scale: float = Field(
        7.5,
        description="How closely the clip keeps to the prompt: 5 to 7 leaves room, 9 to 12 is strict.",
        examples=[5, 9, 12],
    )


class Ltx23Retake(Params):
    """Do a part of a video again, by an instruction; the rest stays."""

    prompt: Prompt = Field(description="What the part becomes: style, light, objects. Detail helps.")
    video_url: MediaInput = media_field("video", "The video of which a part is done again.")
    start_time: Whole = Field(description="Where the part begins, in whole seconds from the start.")
    duration: Count = Field(description="How long the part is, in whole seconds; it must end within the video.")
    retake_mode: Literal["replace_audio_and_video", "replace_video_only"] = Field(
        description="Whether the part's sound is done again too, or kept."
    )


class Ltx2Pro(Params):
    """Make a video from text, or animate a picture, with sound if wanted."""

    prompt: Prompt = Field(description=_SCENE)
    image: MediaInput | None = media_field(
        "image", "A picture to animate; without one, the clip is made from text.", required=False
    )
    duration: Literal[6, 8, 10] = Field(6, description=_LENGTH)
    resolution: Literal["1080p", "1440p", "2160p"] = Field("1080p", description=_HEIGHT)
    generate_audio: bool = Field(True, description="Whether the clip gets sound, in preview quality.")
    webhook: WebURL | None = Field(None, description="An address that the service calls when the job ends.")
    webhook_events_filter: Annotated[list[Literal["*", "completed"]], Field(min_length=1, max_length=1)] = Field(
        ["*"], description='Which events are sent there: ["*"] is all, ["completed"] only the end.'
    )


class Ltx219B(Params):
    """Animate a picture, with many technical controls.

    The page has no column of defaults, and its lists differ from those of the likely upstream, so the lists
    are hints here: other words are sent too.
    """

    prompt: Prompt = Field(description="What happens in the clip: actions, style, surroundings.")
    image_url: MediaInput = media_field("image", "The picture to animate.")
    num_frames: Count | None = Field(None, description="Number of frames of the clip.", examples=[121])
    video_size: Word | None = hinted_field(
        "Size of the clip in pixels, such as 512x512; auto takes the picture's.",
        ("auto", "512x512", "768x768"),
    )
    generate_audio: bool | None = Field(None, description=_SOUND, examples=[True])
    use_multiscale: bool | None = Field(
        None,
        description="Whether motion is made at several scales, which looks more natural.",
        examples=[True],
    )
    fps: Count | None = Field(None, description=_RATE, examples=[25])
    acceleration: Word | None = hinted_field("How the service speeds up its work.", ("none", "cuda"))
    camera_lora: Word | None = hinted_field(
        "A trained camera movement, by its LoRA's name; none leaves the camera alone.", ("none",)
    )
    camera_lora_scale: Annotated[float, Field(ge=0, le=2)] | None = Field(
        None,
        description="Strength of the camera movement; above 1 it is exaggerated.",
        examples=[1],
    )
    negative_prompt: Text | None = Field(
        None, description="What the clip should not show.", examples=["blurry, grainy"]
    )
    enable_safety_checker: bool | None = Field(
        None, description="Whether the service filters harmful content.", examples=[True]
    )
    video_output_type: Word | None = hinted_field(
        "Codec and container of the file.", ("X264 (.mp4)", "H265 (.mp4)", "WebM")
    )
    video_quality: Word | None = hinted_field(
        "Quality of the file; higher is larger and slower.", ("low", "balanced", "high")
    )
    video_write_mode: Word | None = hinted_field(
        "How the service writes the frames to the file.", ("fast", "balanced", "high-quality")
    )


class Ltx2(Params):
    """Animate a picture, silent unless sound is asked for."""

    image_url: MediaInput = media_field("image", "The picture to animate: JPEG or PNG.")
    prompt: Prompt = Field(description=_MOTION)
    duration: Literal[6, 8, 10] = Field(6, description=_LENGTH)
    resolution: Literal["720p", "1080p", "2160p"] = Field("1080p", description=_HEIGHT)
    fps: Literal[24, 25, 30] = Field(25, description=_RATE)
    generate_audio: bool = Field(False, description=_SOUND)


# The page prints "All Resolution, $0.2" without a unit; a request is our reading of it
_LUCY_PRICE = Price(Decimal("0.20"), "USD", per="run", source=f"{_LUCY_PAGE} (unit inferred)", as_of="2026-11-20")

MODELS: tuple[Model, ...] = (
    Model(
        id="lucy-edit-fast",
        provider="pixazo",
        provider_model="decart-lucy-edit-video-fast-142",
        title="Lucy Edit Fast",
        tasks=("video-to-video",),
        params=LucyEditFast,
        route="/decart-lucy-edit-video-fast-142/v1/decart-lucy-edit-video-fast-request",
        # Pixazo's own skills call the same id Pro: https://github.com/Pixazo-AI/skills
        aliases=("lucy-edit-pro",),
        docs_url=_LUCY_PAGE,
        list_prices=(_LUCY_PRICE,),
    ),
    Model(
        id="ltx-2.3-text-to-video",
        provider="pixazo",
        provider_model="ltx-2-3-text-to-video",
        title="LTX 2.3 Text to Video",
        tasks=("text-to-video",),
        params=Ltx23TextToVideo,
        route="/ltx-2-3-text-to-video/v1/ltx-2-3-text-to-video-request",
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2.3-image-to-video",
        provider="pixazo",
        provider_model="ltx-2-3-image-to-video",
        title="LTX 2.3 Image to Video",
        tasks=("image-to-video", "first-last-frame"),
        params=Ltx23ImageToVideo,
        route="/ltx-2-3-image-to-video/v1/ltx-2-3-image-to-video-request",
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2.3-audio-to-video",
        provider="pixazo",
        provider_model="ltx-2-3-audio-to-video",
        title="LTX 2.3 Audio to Video",
        tasks=("audio-to-video",),
        params=Ltx23AudioToVideo,
        route="/ltx-2-3-audio-to-video/v1/ltx-2-3-audio-to-video-request",
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2.3-retake",
        provider="pixazo",
        provider_model="ltx-2-3-retake-video",
        title="LTX 2.3 Retake",
        tasks=("video-to-video",),
        params=Ltx23Retake,
        route="/ltx-2-3-retake-video/v1/ltx-2-3-retake-video-request",
        aliases=("ltx-2.3-retake-video",),
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2-pro",
        provider="pixazo",
        provider_model="lightricks-video",
        title="LTX 2 Pro",
        tasks=("text-to-video", "image-to-video"),
        params=Ltx2Pro,
        route="/lightricks/v1/ltx/generate",
        aliases=("ltx-v2-pro",),
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2-19b",
        provider="pixazo",
        provider_model="ltx-2-19b-api-513",
        title="LTX 2 19B",
        tasks=("image-to-video",),
        params=Ltx219B,
        route="/ltx-2-19b-api-513/v1/ltx-2-19b-api-request",
        aliases=("ltx-v2-19b",),
        docs_url=_LTX_PAGE,
    ),
    Model(
        id="ltx-2",
        provider="pixazo",
        provider_model="ltx-2-video-api-581",
        title="LTX 2",
        tasks=("image-to-video",),
        params=Ltx2,
        route="/ltx-2-video-api-581/v1/ltx-2-video-api-request",
        aliases=("ltx-v2",),
        docs_url=_LTX_PAGE,
    ),
)
"""All of them, Lucy first, then in the order of the LTX page."""

__all__ = ["MODELS"]
