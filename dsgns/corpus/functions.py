"""Functions from text to tokens: named by a dotted path, or kept in a file of the library tokenizers."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from dsgns.corpus.sources import open_source
from dsgns.corpus.user_modules import sources_of, states_of
from dsgns.errors import MissingExtraError, TokenizerError, how_to_add

Function = Callable[[str], list[str]]

_FILE = ".json"


class _Loaded(NamedTuple):
    """A function, the sources that it was made from by the names of their modules, and the states of their files."""

    function: Function
    sources: dict[str, str]
    states: tuple[tuple[int, int], ...]


_loaded: dict[str, _Loaded] = {}
"""By dotted paths."""


def load_tokenizer(name: str) -> Function:
    """The function that a dotted path or a file stands for.

    Raises
    ------
    TokenizerError
        If there is none.
    MissingExtraError
        If it needs a package that is not installed.
    """
    return _parsed(_read(name)) if name.endswith(_FILE) else load_function(name)


def tokenizer_fingerprint(name: str) -> str:
    """The name and a hash of the source or file it stands for, so that an edited tokenizer makes new tokens."""
    load_tokenizer(name)
    text = _read(name) if name.endswith(_FILE) else "".join(_loaded[name].sources.values())
    return f"{name} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def load_function(name: str) -> Function:
    """The function that a path such as ``package.module:function`` names, as its source is now.

    Raises
    ------
    TokenizerError
        If there is none.
    """
    known = _loaded.get(name)
    if known is not None and states_of(known.sources) == known.states:
        return known.function
    try:
        if known is not None:
            # A process may outlive an edit; what it imported before it did is not what the key says.
            for module in known.sources:
                sys.modules.pop(module, None)
            importlib.invalidate_caches()
        function = _import(name)
        sources = sources_of(function, name)
    except Exception as error:  # a module may raise what it likes when it is imported
        raise TokenizerError(
            f"The tokenizer {name} cannot be loaded ({type(error).__name__}: {error}). Write package.module:function, "
            "and make sure that the module can be imported wherever workers run."
        ) from error
    if not callable(function):
        raise TokenizerError(
            f"The tokenizer {name} is a {type(function).__name__}; it must be a function of a document."
        )
    _loaded[name] = _Loaded(function, sources, states_of(sources))
    return function


def _import(name: str) -> Any:
    module_name, _, attribute = name.partition(":")
    function: Any = importlib.import_module(module_name)
    for part in attribute.split("."):
        function = getattr(function, part)
    return function


def _read(path: str) -> str:
    try:
        with open_source(path) as file:
            return file.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenizerError(
            f"The tokenizer {path} cannot be read ({error}). Name a tokenizer.json that lies where workers see it."
        ) from error


@lru_cache(maxsize=2)
def _parsed(text: str) -> Function:
    """The function of a tokenizer that is written down as JSON: no special tokens, nothing cut off or filled up."""
    try:
        import tokenizers
    except ImportError as error:
        raise MissingExtraError(f"tokenizers is not installed ({error}). {how_to_add('tokenizers')}") from error
    try:
        tokenizer = tokenizers.Tokenizer.from_str(text)
    except Exception as error:  # the library raises bare exceptions
        raise TokenizerError(
            f"The file is no tokenizer ({error}). It must be what tokenizers.Tokenizer.save writes."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda document: tokenizer.encode(document, add_special_tokens=False).tokens
