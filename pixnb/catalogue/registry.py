"""All models, found by any of their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, overload

from pixnb import providers
from pixnb.catalogue import listing, pricebook, prices, problems
from pixnb.catalogue.model import TASKS, Model
from pixnb.catalogue.prices import Per, Price
from pixnb.errors import InvalidInput, ModelNotFound
from pixnb.living import Guessed
from pixnb.show import hand_over, shown
from pixnb.unsent import is_none_left

if TYPE_CHECKING:
    import pandas as pd


class Models(Guessed):
    """Models in an order, found by name. `print` it, or look at its `frame()`.

    Args:
        entries: The models. No two may answer to one name.

    Example:
        >>> models.get("pixazo/lucy-edit-fast").title
        'Lucy Edit Fast'
        >>> "ltx-2" in models
        True
        >>> [m.id for m in models.search(task="audio-to-video")]
        ['ltx-2.3-audio-to-video']
    """

    _guesses: ClassVar[Mapping[str, str]] = {
        "()": "[model.id for model in pixnb.models] lists them, pixnb.models.get(name) gives one",
        "list all names keys ids items values": "[model.id for model in pixnb.models] lists them",
        "find filter select query current retired available by_provider video_models image_models": (
            "pixnb.models.search(task=…, provider=…, text=…) finds some"
        ),
        "df dataframe table show head": "pixnb.models.frame() gives them as a DataFrame",
        "get_model model": "pixnb.models.get(name) gives one",
        "providers tasks task provider": (
            "pixnb.models.frame() has them as columns; pixnb.models.search(task=…) finds some"
        ),
        "price cost": "pixnb.models.prices() lists them; a model's .estimate(…) says what a run costs",
    }

    def __init__(self, entries: Iterable[Model]) -> None:
        self._entries = tuple(entries)
        self._index: dict[str, Model] = {}
        for model in self._entries:
            for name in _names(model):
                if self._index.setdefault(name, model) is not model:
                    raise ValueError(f"Two models answer to {name!r}: {self._index[name].id} and {model.id}")

    def __iter__(self) -> Iterator[Model]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        if isinstance(name, Model):
            return name in self._entries
        return isinstance(name, str) and _folded(name) in self._index

    @overload
    def __getitem__(self, key: int | str) -> Model: ...
    @overload
    def __getitem__(self, key: slice) -> Models: ...
    def __getitem__(self, key: int | slice | str) -> Model | Models:
        if isinstance(key, str):
            return self.get(key)
        return Models(self._entries[key]) if isinstance(key, slice) else self._entries[key]

    _repr_mimebundle_ = shown
    _display_ = hand_over

    def __repr__(self) -> str:
        return listing.table(self._entries)

    def get(self, name: str | Model) -> Model:
        """Return the model of a name.

        Args:
            name: The friendly id, the service's own id, an alias or the title, alone or after the service's
                name ("decart/lucy-2.5"), in any letter case. A Model is handed back.

        Returns:
            The model.

        Raises:
            ModelNotFound: There is none; the nearest names are given.
        """
        if isinstance(name, Model):
            return name
        if not isinstance(name, str):
            raise ModelNotFound(f'A model is named by text such as "lucy-edit-fast", not {problems.quote(name)}.')
        found = self._index.get(name) or self._index.get(_folded(name))
        if found is None:
            raise ModelNotFound(f"No model is called {problems.quote(name)}. {self._suggestion(_folded(name))}")
        return found

    def video(self, name: str | Model) -> Model:
        """Return a model that makes video: the Process API's spelling of `get`.

        Raises:
            ModelNotFound: There is none of this name, or it makes images.
        """
        return self._making("video", name)

    def image(self, name: str | Model) -> Model:
        """Return a model that makes images: the Process API's spelling of `get`.

        Raises:
            ModelNotFound: There is none of this name, or it makes video.
        """
        return self._making("image", name)

    def search(self, task: str | None = None, provider: str | None = None, text: str | None = None) -> Models:
        """Return the models that fit, in the catalogue's order.

        Args:
            task: "text-to-video", "image-to-video", … ; any task of a model counts.
            provider: "pixazo", "decart", "apiframe", or a service that a package adds.
            text: Words that all occur in a model's names, tasks, inputs or description.

        Returns:
            The models; perhaps none.

        Raises:
            InvalidInput: There is no such task or provider.
        """
        _known("task", task, TASKS)
        _known("provider", provider, providers.names())
        words = (text or "").casefold().split()
        return Models(
            m
            for m in self._entries
            if task in (None, *m.tasks) and provider in (None, m.provider) and all(w in _prose(m) for w in words)
        )

    def set_price(
        self,
        model: str | Model,
        amount: Any,
        currency: str = "USD",
        per: Per = "run",
        when: Mapping[str, Any] | None = None,
        *,
        source: str | None = None,
    ) -> Price | None:
        """Set what a model costs you; kept in `prices.json` of the data folder, for all later sessions.

        Args:
            model: The model, by any of its names.
            amount: How much for one unit: 0.08 is taken as exactly 0.08. None forgets the price set before.
            currency: "USD", another currency, or "credits".
            per: The unit: "run", "second" (of the clip) or "image".
            when: Parameter values that it holds for, such as `{"resolution": "1080p"}`. Of the prices that
                fit a request, the one with most conditions counts.
            source: Where you know it from; shown in the log.

        Returns:
            The price, or None when it was forgotten.

        Raises:
            InvalidInput: The amount, the unit or a condition makes no sense.
            PixnbError: The price book cannot be written.
        """
        entry = self.get(model)
        terms = _terms(entry, when or {})
        if amount is None:
            pricebook.book().drop(entry.id, terms)
            return None
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        new = prices.price(amount, currency, per, terms, source or f"set by you on {today}", today)
        pricebook.book().put(entry.id, new)
        return new

    def frame(self) -> pd.DataFrame:
        """Return a DataFrame: id, task, title, provider, inputs, state, and the price at defaults with its parts.

        `price` says it in words; `amount`, `currency`, `per`, `as_of` (the day) and `source` are what it is made of,
        all missing where it is unknown.
        """
        return listing.frame(self._entries)

    def prices(self) -> pd.DataFrame:
        """Return every price that is known, yours before the documented ones, and the models without any.

        Returns:
            Columns `id`, `provider`, `amount`, `currency`, `per`, `when` (the values that it holds for), `as_of`,
            `source` and `is_yours`.

        Example:
            >>> models.prices().query("id == 'lucy-edit-fast'")[["amount", "currency", "per"]].values.tolist()
            [[0.2, 'USD', 'run']]
        """
        return listing.price_frame(self._entries)

    def _making(self, kind: str, name: str | Model) -> Model:
        model = self.get(name)
        if model.makes != kind:
            plural = {"image": "images"}
            made, wanted = plural.get(model.makes, model.makes), plural.get(kind, kind)
            raise ModelNotFound(f"{model.id} makes {made}, not {wanted}. Use models.{model.makes}({model.id!r}).")
        return model

    def _suggestion(self, name: str) -> str:
        bare = name.rpartition("/")[2]
        within = [key for key in self._index if bare and bare in key]
        near = problems.nearest(name, tuple(self._index), n=6) + problems.nearest(bare, tuple(self._index), n=6)
        ids = list(dict.fromkeys(self._index[key].id for key in (*near, *within)))[:3]
        every = "pixnb.models lists them all."
        return f"Did you mean {problems.joined(problems.quote(i) for i in ids)}? {every}" if ids else every


def _names(model: Model) -> dict[str, None]:
    own = (model.id, model.provider_model, model.title, *model.aliases)
    return dict.fromkeys(_folded(name) for own_name in own for name in (own_name, f"{model.provider}/{own_name}"))


def _folded(name: str) -> str:
    return "-".join(name.casefold().replace("_", " ").split())


def _known(what: str, word: str | None, words: tuple[str, ...]) -> None:
    if word is not None and word not in words:
        near = problems.nearest(str(word), words, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f"Use {problems.joined(words)}."
        raise InvalidInput(f"There is no {what} {problems.quote(word)}. {hint}")


def _prose(model: Model) -> str:
    words = (model.id, model.provider_model, model.title, model.provider, model.description)
    return " ".join((*words, *model.aliases, *model.tasks, *model.inputs)).casefold()


def _terms(model: Model, when: Mapping[str, Any]) -> dict[str, Any]:
    terms = model.validate(when, partial=True)
    media = [name for name in terms if name in model.inputs.values()]
    if media:
        raise InvalidInput(f'A price cannot depend on {media[0]}, a file; use per="second" for its length.')
    return terms


def _all() -> Models:
    """Put the models of all services together; those of a package that is broken stay out."""
    found = Models(())
    for service in providers.known().values():
        try:
            added = tuple(service.load("catalogue"))
            if strange := [model for model in added if not isinstance(model, Model) or model.provider != service.name]:
                raise TypeError(f"{strange[0]!r} is no Model of {service.name}")
            found = Models((*found, *added))
        except (Exception, SystemExit) as error:  # whatever goes wrong in somebody else's package
            if is_none_left(error):
                raise  # it is read again
            providers.report(service.name, f"{service.catalogue}: {type(error).__name__}: {error}")
    return found


models = _all()
"""The catalogue."""

__all__ = ["Models", "models"]
