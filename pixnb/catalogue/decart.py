"""The models of Decart: those that the service offers today, and the eight of its Process API.

Facts: https://docs.platform.decart.ai/sdks/python-process (an early copy, for the eight), the service's own
Python SDK, release 0.2.4 (https://github.com/DecartAI/decart-python), its API description of 2026-08-01
(https://api.decart.ai/openapi.json) and its price page of the same day. Descriptions are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import Field

from pixnb.catalogue.limits import Undisputed
from pixnb.catalogue.model import Model
from pixnb.catalogue.params import Count, MediaInput, Params, Prompt, Text, UpTo, as_whole, media_field
from pixnb.catalogue.prices import Price

_PROCESS_PAGE = "https://docs.platform.decart.ai/sdks/python-process"
_SDK_PAGE = "https://github.com/DecartAI/decart-python"
_PRICE_PAGE = "https://docs.platform.decart.ai/getting-started/pricing"

# 1000 is the limit of the SDK's own input classes since its release 0.0.9
_Asked = Annotated[Prompt, UpTo(1000)]
_AskedOrNot = Annotated[Text, UpTo(1000)]
_Seed = Annotated[
    Annotated[int, Ge(0), Le(4294967295), as_whole] | None,
    Field(description="Starting point of chance: the same request with the same seed can be had again."),
]
_Size = Annotated[
    Literal["480p", "720p", "1080p"],
    Field(description="Size of the result; later pages of the service speak of 480p and 720p only."),
]
_Only720p = Annotated[Literal["720p"], Field(description="Size of the clip; this model makes one only.")]
_Turn = Annotated[Literal["landscape", "portrait"] | None, Field(description="Shape of the result: lying or standing.")]
_Enhance = Annotated[
    bool, Field(description="Whether the service rewrites the prompt to be clearer; good for short or vague ones.")
]

_SCENE = "What is to be seen: subject, action, light, camera. Detail helps."
_CHANGE = "The change to make, as an instruction: name the object or the style, and the new look."
_VIDEO = "The video to edit: MP4, standing or lying."


def _example(description: str = "A picture of what to put in: a garment, a thing, a person, a look.") -> Any:
    return media_field("reference", description, required=False)


class LucyTextToVideo(Params):
    """Make a video of five seconds from text alone."""

    prompt: _Asked = Field(description=_SCENE)
    seed: _Seed = None
    resolution: _Size = "720p"
    orientation: _Turn = None


class LucyTextToImage(LucyTextToVideo):
    """Make an image from text alone."""


class LucyImageToVideo(Params):
    """Animate a picture: a video of five seconds that starts from it."""

    prompt: _Asked = Field(description="How the picture comes alive: motion, camera, mood.")
    data: MediaInput = media_field("image", "The picture to animate.")
    seed: _Seed = None
    resolution: _Size = "720p"


class LucyVideoEdit(Params):
    """Edit or restyle a video by an instruction."""

    refused: ClassVar[Mapping[str, str]] = {
        "num_inference_steps": "is for the pro model only: leave it out, or use lucy-pro-v2v"
    }

    prompt: _Asked = Field(description=_CHANGE)
    data: MediaInput = media_field("video", f"{_VIDEO} Early pages say five seconds at most.")
    seed: _Seed = None
    resolution: _Size = "720p"
    enhance_prompt: _Enhance = True


class LucyProVideoEdit(LucyVideoEdit):
    """Edit or restyle a video by an instruction, with more care than the fast models take."""

    num_inference_steps: Count | None = Field(
        None, description="How many steps the model takes; more is finer and slower.", examples=[50]
    )
    # Not in the early copy: https://api.decart.ai/openapi.json
    reference_image: MediaInput | None = _example()


class LucyFirstLastFrame(Params):
    """Make a video that goes from one picture to another."""

    prompt: _Asked = Field(description="How one picture becomes the other: motion, camera, mood.")
    start: MediaInput = media_field("image", "The first frame.")
    end: MediaInput = media_field("end_image", "The last frame.")
    seed: _Seed = None
    resolution: _Size = "720p"


class LucyImageEdit(Params):
    """Edit or restyle an image by an instruction."""

    prompt: _Asked = Field(description=_CHANGE)
    data: MediaInput = media_field("image", "The picture to edit.")
    seed: _Seed = None
    resolution: _Size = "720p"
    enhance_prompt: _Enhance = True
    # Not in the early copy: https://api.decart.ai/openapi.json
    reference_image: MediaInput | None = _example()


class LucyImage2(LucyImageEdit):
    """Edit or restyle an image by an instruction, also after the example of another."""

    resolution: Literal["480p", "720p"] = Field("720p", description="Size of the image; it bears on the price.")


class LucyImageLatest(LucyImage2):
    """Edit an image by the image model that the service counts as its newest; which one, can change."""


class Lucy2(Params):
    """Edit a video of any length by an instruction, by an example picture, or by both."""

    # The SDK wants a prompt, which may be empty; https://api.decart.ai/openapi.json has the empty one as default
    prompt: _AskedOrNot = Field("", description=f"{_CHANGE} May be empty where a picture shows it.")
    data: MediaInput = media_field("video", _VIDEO)
    reference_image: MediaInput | None = _example()
    seed: _Seed = None
    resolution: _Only720p = "720p"
    enhance_prompt: _Enhance = True


class Lucy25(Lucy2):
    """Edit a video of any length by an instruction, by an example picture, or by both; holds long clips together."""

    self_anchor: bool = Field(True, description="Whether the model keeps to its own first frames, against drift.")


class LucyLatest(Lucy25):
    """Edit a video by the model that the service counts as its newest; which one, can change between two runs."""


class LucyTryOn(Lucy2):
    """Dress the person of a video in the garment of a picture or of a description."""


class LucyTryOnLatest(LucyTryOn):
    """Dress the person of a video, by the newest try-on model; which one, can change between two runs."""


class LucyRestyle(Params):
    """Give a whole video another style, told by a prompt or shown by a picture."""

    prompt: _Asked | None = Field(None, description="The style to give it. Needed where no picture shows the style.")
    data: MediaInput = media_field("video", "The video to restyle: MP4, standing or lying.")
    reference_image: MediaInput | None = _example("A picture in the style to give it, in place of a prompt.")
    seed: _Seed = None
    resolution: _Only720p = "720p"
    enhance_prompt: _Enhance = True

    @classmethod
    def conflicts(cls, given: Mapping[str, Any], *, partial: bool = False) -> Iterator[str]:
        """Say what the SDK's own check says: a prompt or a picture, and `enhance_prompt` with a prompt only."""
        told, shown = (given.get(name) is not None for name in ("prompt", "reference_image"))
        if told and shown:
            yield "prompt and reference_image exclude each other: give one of them"
        elif shown and given.get("enhance_prompt") is not None:
            yield "enhance_prompt goes with a prompt, not with reference_image: leave it out"
        elif not told and not partial and not shown:
            yield "prompt or reference_image is required"


class LucyRestyleLatest(LucyRestyle):
    """Give a video another style, by the newest restyle model; which one, can change between two runs."""


def _model(
    name: str, title: str, task: str, params: type[Params], *, jobs: bool = True, direct: bool = False, **more: Any
) -> Model:
    """Make the entry of a model: `jobs` and `direct` say by which of the two routes it can be asked."""
    return Model(
        id=name,
        provider="decart",
        provider_model=name,
        title=title,
        tasks=(task,),
        params=params,
        route=f"/v1/jobs/{name}" if jobs else "",
        process_route=f"/v1/generate/{name}" if direct else "",
        **{"docs_url": _SDK_PAGE, **more},
    )


def _retired(name: str, title: str, task: str, params: type[Params], release: str, **more: Any) -> Model:
    """Make the entry of a model that is gone, with the release of the SDK that dropped it."""
    known = (
        f"Decart's Python SDK has not listed it since release {release}, and the service's API description of "
        f"2026-08-01 has no route for it ({_SDK_PAGE}, https://api.decart.ai/openapi.json)"
    )
    return _model(
        name, title, task, params, direct=True, state="retired", withdrawn=known, docs_url=_PROCESS_PAGE, **more
    )


def _price(amount: str, per: Any = "second", **when: str) -> Price:
    return Price(Decimal(amount), "USD", per=per, when=when, source=_PRICE_PAGE, as_of="2026-08-01")


_V2V = "video-to-video"
_EARLY_LIMIT = Undisputed(
    seconds=5, size=10_000_000, source="an early page of Decart; later ones speak of 200 MB and any length"
)

MODELS: tuple[Model, ...] = (
    _model("lucy-2.6", "Lucy 2.6", _V2V, Lucy2),
    _model("lucy-2.5", "Lucy 2.5", _V2V, Lucy25, list_prices=(_price("0.04"),)),
    # Older names of its route: https://api.decart.ai/openapi.json
    _model("lucy-2.1", "Lucy 2.1", _V2V, Lucy2, list_prices=(_price("0.04"),), aliases=("lucy-2-v2v", "lucy-2")),
    _model(
        "lucy-restyle-2",
        "Lucy Restyle 2",
        _V2V,
        LucyRestyle,
        list_prices=(_price("0.01"),),
        aliases=("lucy-restyle-v2v",),
    ),
    _model("lucy-vton-3.6", "Lucy Try-On 3.6", _V2V, LucyTryOn),
    _model("lucy-vton-3.5", "Lucy Try-On 3.5", _V2V, LucyTryOn),
    # The price page and the API description call it Lucy Clip
    _model(
        "lucy-pro-v2v",
        "Lucy Pro Video to Video",
        _V2V,
        LucyProVideoEdit,
        direct=True,
        list_prices=(_price("0.15"),),
        aliases=("lucy-clip",),
        docs_url=_PROCESS_PAGE,
        undisputed=_EARLY_LIMIT,
    ),
    _model(
        "lucy-image-2",
        "Lucy Image 2",
        "image-to-image",
        LucyImage2,
        jobs=False,
        direct=True,
        list_prices=(_price("0.01", "image", resolution="480p"), _price("0.02", "image", resolution="720p")),
    ),
    _model(
        "lucy-pro-i2i",
        "Lucy Pro Image to Image",
        "image-to-image",
        LucyImageEdit,
        jobs=False,
        direct=True,
        docs_url=_PROCESS_PAGE,
    ),
    _model("lucy-latest", "Lucy Latest", _V2V, LucyLatest),
    _model("lucy-restyle-latest", "Lucy Restyle Latest", _V2V, LucyRestyleLatest),
    _model("lucy-vton-latest", "Lucy Try-On Latest", _V2V, LucyTryOnLatest),
    _model("lucy-image-latest", "Lucy Image Latest", "image-to-image", LucyImageLatest, jobs=False, direct=True),
    _retired("lucy-pro-t2v", "Lucy Pro Text to Video", "text-to-video", LucyTextToVideo, "0.0.30"),
    _retired("lucy-pro-i2v", "Lucy Pro Image to Video", "image-to-video", LucyImageToVideo, "0.0.30"),
    _retired("lucy-dev-i2v", "Lucy Dev Image to Video", "image-to-video", LucyImageToVideo, "0.0.30"),
    _retired("lucy-dev-v2v", "Lucy Dev Video to Video", _V2V, LucyVideoEdit, "0.0.10", undisputed=_EARLY_LIMIT),
    _retired("lucy-pro-flf2v", "Lucy Pro First to Last Frame", "first-last-frame", LucyFirstLastFrame, "0.0.29"),
    _retired("lucy-pro-t2i", "Lucy Pro Text to Image", "text-to-image", LucyTextToImage, "0.0.30", jobs=False),
)
"""All of them: today's, newest first, then those that are gone."""

__all__ = ["MODELS"]
