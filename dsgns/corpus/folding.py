"""Text to words parted by spaces, as a whole string: what tokenizers do to words that are not ASCII."""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np

from dsgns.corpus.characters import character_classes
from dsgns.corpus.kernels_characters import keep_words, part_ideographs, zero_digits
from dsgns.corpus_parameters import CorpusParameters
from dsgns.errors import MissingExtraError, how_to_add

Fold = Callable[[str], str]

NUMBER = "<number>"
"""The word that stands for every number, where that is asked for."""

# Words that are digits of any script; as the kernel for those of ASCII finds them.
_NUMBER = re.compile(r"(?<![^\0- ])[+-]?\d+(?:[.,:/-]\d+)*%?(?![^\0- ])")
# Accents of Latin, Greek and Cyrillic letters. The marks of other scripts are vowels, among other things.
_ACCENTS = re.compile("[\u0300-\u036f]+")

# Some words of jieba's have letters or digits among their ideographs.
_CHINESE = re.compile(r"[0-9A-Za-z]*[\u4e00-\u9fd5][0-9A-Za-z\u4e00-\u9fd5]*")


def folding(parameters: CorpusParameters) -> Fold:
    """The function from text to its words, parted by spaces; line feeds stay.

    Raises
    ------
    MissingExtraError
        If it needs a package that is not installed.

    Examples
    --------
    >>> fold = folding(CorpusParameters(tokenizer="words"))
    >>> fold("Don\u2019t pay 1,200\u00a0£ (or more)!").split()
    ["don't", 'pay', '1,200', 'or', 'more']
    >>> fold = folding(CorpusParameters(tokenizer="ngrams", ngram=2))
    >>> fold("詞向量, word2vec").split()
    ['詞向', '向量', 'word2vec']
    >>> fold = folding(CorpusParameters(lowercase=True, accents="strip", digits="number"))
    >>> fold("Crème, 10% (1990)").split()
    ['creme,', '<number>', '(1990)']
    """
    words = parameters.tokenizer != "whitespace"
    lower, strip = parameters.lowercase or words, parameters.accents == "strip"
    zero, number = parameters.digits == "zero", {"number": NUMBER, "drop": ""}.get(parameters.digits)
    length = {"characters": 1, "ngrams": parameters.ngram}.get(parameters.tokenizer, 0)
    cut = _jieba() if parameters.tokenizer == "jieba" else str

    def fold(text: str) -> str:
        # Spaces first: the form of a small sigma hangs on its neighbours, and these must be of the same word.
        text = cut(_by_characters(text, words, zero, length)) if words or zero else text
        text = text.lower() if lower else text
        text = _ACCENTS.sub("", unicodedata.normalize("NFD", text)) if strip else text
        text = unicodedata.normalize("NFC", text) if words or strip else text
        return text if number is None else _NUMBER.sub(number, text)

    return fold


def _by_characters(text: str, words: bool, zero: bool, length: int) -> str:
    """Text with spaces for what is in no word, 0 for digits, and ideographs as n-grams if these have a length."""
    # By code points: a regular expression over the classes of all letters and marks took thirty times as long.
    codes = np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), np.uint32)
    classes = character_classes()
    if words:
        codes = codes[: keep_words(codes, classes)]
    if zero:
        zero_digits(codes, classes)
    if length:
        parted = np.empty((length + 2) * codes.size, np.uint32)
        codes = parted[: part_ideographs(codes, classes, length, parted)]
    return codes.tobytes().decode("utf-32-le")


def _jieba() -> Fold:
    """Runs of Chinese as words of jieba's; others, which jieba would break up, as they are."""
    try:
        with warnings.catch_warnings():
            # It asks for pkg_resources, of which newer versions of setuptools warn.
            warnings.simplefilter("ignore")
            import jieba
    except ImportError as error:
        raise MissingExtraError(f"jieba is not installed ({error}). {how_to_add('jieba')}") from error
    jieba.setLogLevel(logging.WARNING)
    return partial(_CHINESE.sub, lambda run: f" {' '.join(jieba.cut(run[0]))} ")
