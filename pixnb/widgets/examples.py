"""Examples to begin with, by what a model does: prompts that the sandbox shows well, with the sample as their file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pixnb.widgets.presets import Preset
from pixnb.widgets.spec import specs

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model

_HOURS = {"hour": "golden autumn sunset, rainy night, foggy morning"}
_LOOKS = {"look": "watercolour painting, pencil sketch, black and white film noir"}
_COLOURS = {"colour": "purple, orange, blue"}
_EXAMPLES: dict[str, tuple[tuple[str, str, dict[str, str]], ...]] = {
    "video-to-video": (
        ("Snowy night", "Make it a snowy winter night", {}),
        ("Three hours of a day", "Make it a {hour}", _HOURS),
        ("Three looks", "Turn it into a {look}", _LOOKS),
        ("Other grass", "Change the green grass to {colour}", _COLOURS),
    ),
    "text-to-video": (
        ("Boat in the rain", "A red boat on a lake at night in the rain", {}),
        ("Runners in the snow", "A {animal} runs across a snowy field", {"animal": "fox, dog, horse"}),
    ),
    "image-to-video": (
        ("Snow falls", "Slowly zoom in while snow falls", {}),
        ("Three weathers", "Slowly zoom in, {weather}", {"weather": "rain, fog, autumn leaves"}),
    ),
    "audio-to-video": (("Lighthouse", "A lighthouse by the sea in a storm", {}),),
    "first-last-frame": (("Into the night", "A slow change from day to night", {}),),
    "text-to-image": (
        ("Boat at sunrise", "A sailing boat on a calm sea at sunrise", {}),
        ("Streets", "A city street {when}", {"when": "at night in the rain, at sunset, in the snow"}),
    ),
    "image-to-image": (
        ("Snowy night", "Make it a snowy winter night", {}),
        ("Three looks", "Turn it into a {look}", _LOOKS),
    ),
}


def list_examples(model: Model) -> dict[str, Preset]:
    """Return a model's examples by name; a file that it needs is the sample of its kind.

    Example:
        >>> from pixnb.catalogue import models
        >>> found = list_examples(models.get("lucy-edit-fast"))
        >>> found["Snowy night"].params
        {'video_url': 'pixnb.sample("video")', 'prompt': 'Make it a snowy winter night'}
    """
    required = {name for name, field in model.params.model_fields.items() if field.is_required()}
    kinds = {role: role if role in ("video", "audio") else "image" for role in model.inputs}
    task = model.task.partition("-to-")[0]
    needed = [spec for spec in specs(model) if spec.required]
    fixed: dict[str, Any] = {spec.name: spec.choices[0] for spec in needed if spec.choices}
    fixed |= {spec.name: spec.schema["minimum"] for spec in needed if "minimum" in spec.schema}
    fixed |= {
        name: f'pixnb.sample("{kinds[role]}")'
        for role, name in model.inputs.items()
        if name in required or role == task or (model.task == "first-last-frame" and role in ("image", "end_image"))
    }
    if "prompt" not in model.params.model_fields:
        return {"The sample": Preset(model.id, fixed)} if fixed else {}
    return {
        name: Preset(model.id, {**fixed, "prompt": prompt}, values=values)
        for name, prompt, values in _EXAMPLES.get(model.task, ())
    }


__all__ = ["list_examples"]
