"""What can be asked of each service: models, their parameters and prices, as pure data."""

from pixnb.lazy import hand_on

__getattr__, __dir__, __all__ = hand_on(__name__)
