"""What a form has to know of one parameter, read from the model's JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pixnb.catalogue.problems import quote

if TYPE_CHECKING:
    from pixnb.catalogue.model import Model


@dataclass(frozen=True, slots=True)
class Spec:
    """One parameter.

    Attributes:
        name: Its name at the service.
        schema: Its JSON schema.
        required: Whether the service needs it.
        role: What a media parameter is for; None for any other.
    """

    name: str
    schema: Mapping[str, Any]
    required: bool
    role: str | None

    @property
    def type(self) -> str:
        """The JSON type, such as "string" or "integer"."""
        return str(self.schema.get("type", "string"))

    @property
    def default(self) -> Any:
        """The default that the service documents, or None."""
        return self.schema.get("default")

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values that it is limited to; empty if it is not."""
        if self.type == "array" and self.schema.get("maxItems") == 1:
            return tuple([word] for word in self.schema["items"].get("enum", ()))
        return tuple(self.schema.get("enum", ()))

    @property
    def is_main(self) -> bool:
        """Whether it is what a run is about: the prompt, a file, or anything that must be given."""
        return self.required or self.role is not None or self.name == "prompt"

    @property
    def about(self) -> str:
        """What it means, and whether it has to be given."""
        text = str(self.schema.get("description", ""))
        if self.type == "boolean" and self.default is not None:
            return f"{text} Default: {'yes' if self.default else 'no'}."
        return f"Required. {text}" if self.required else text

    @property
    def placeholder(self) -> str:
        """What an empty field says: that nothing is set, and what may be written, in a few words."""
        low, high = self.schema.get("minimum"), self.schema.get("maximum")
        known = [*self.schema.get("hints", ()), *self.schema.get("examples", ())]
        words = "" if low is None else f"from {low}" if high is None else f"{low} to {high}"
        if known and high is None:
            words = f"such as {quote(known[0]).strip(chr(34))}"
        return " · ".join(part for part in ("" if self.required else "not set", words) if part)


def specs(model: Model) -> list[Spec]:
    """List a model's parameters in its own order.

    Example:
        >>> from pixnb.catalogue import models
        >>> [(spec.name, spec.role) for spec in specs(models.get("lucy-edit-fast"))]
        [('prompt', None), ('video_url', 'video'), ('enhance_prompt', None)]
    """
    schema = model.params.model_json_schema()
    roles = {name: role for role, name in model.inputs.items()}
    required = schema.get("required", ())
    return [Spec(name, one, name in required, roles.get(name)) for name, one in schema["properties"].items()]


__all__ = ["Spec", "specs"]
