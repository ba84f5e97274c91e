"""Making the sandbox's clips: real video by classical means, in a process of its own."""

from pixnb.lazy import hand_on

__getattr__, __dir__, __all__ = hand_on(__name__)
