"""Text files as the world writes them: whatever the words, the numbers and the habits of the writer."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsgns.errors import VectorFileError
from dsgns.vectors.files.formats import FORMATS
from dsgns.vectors.words import WordVectors

# Anything but ASCII spaces, what is unassigned, and halves of characters; U+FEFF at the start of a file is a mark.
LETTERS = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters=" \t\n\r\v\f\x00\ufeff")
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=1, max_size=8, unique=True)
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inner/vectors.txt", data)
    return buffer.getvalue()


PACKING = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".zip": zipped}


@st.composite
def files(draw):
    """Words, vectors, and the text of a file that holds them; its ending and its encoding."""
    words, size = draw(WORDS), draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(NUMBERS, min_size=size, max_size=size), min_size=len(words), max_size=len(words)))
    gap, end, tail = (
        draw(st.sampled_from([" ", "\t", "  "])),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.booleans()),
    )
    trailing = draw(st.sampled_from(["", " "]))
    header = [f"{len(words)} {size}"] if draw(st.booleans()) else []
    lines = header + [gap.join([word, *map(repr, row)]) + trailing for word, row in zip(words, rows, strict=True)]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
    text = (end.join(lines) + (end if tail else "")).encode(encoding)
    return words, np.array(rows, np.float32), text, draw(st.sampled_from(list(PACKING))), encoding


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files())
def test_every_habit_is_read(tmp_path: Path, file) -> None:
    words, rows, text, ending, encoding = file
    path = tmp_path / f"vectors.txt{ending}"
    path.write_bytes(PACKING[ending](text))
    # Byte order marks speak for themselves.
    back = WordVectors.load(path, encoding="gb18030" if encoding == "gb18030" else None)
    assert back.index_to_key == words
    np.testing.assert_array_equal(back.vectors, rows)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=WORDS,
    data=st.data(),
    form=st.sampled_from(["word2vec", "word2vec-binary", "glove", "safetensors", "npy", "projector"]),
)
def test_every_format_gives_back_what_was_written(tmp_path: Path, words, data, form) -> None:
    size = data.draw(st.integers(1, 2))
    rows = data.draw(
        st.lists(st.lists(NUMBERS, min_size=size, max_size=size), min_size=len(words), max_size=len(words))
    )
    vectors = WordVectors(words, np.array(rows, np.float32))
    vectors.save(tmp_path / "vectors", form)
    back = WordVectors.load(tmp_path / "vectors", form)
    assert back.index_to_key == words
    np.testing.assert_array_equal(back.vectors, vectors.vectors)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory) -> dict[str, dict[Path, bytes]]:
    """The files of small vectors in each format; the first is the one that is named."""
    files = {}
    for form in FORMATS:
        path = tmp_path_factory.mktemp(form) / f"vectors{next(iter(FORMATS[form].endings), '')}"
        WordVectors(["the", "of"], np.array([[1, 2.5], [-3, 4]], np.float32), [2, 1]).save(path, form)
        files[form] = {other: other.read_bytes() for other in sorted(path.parent.iterdir(), key=lambda it: it != path)}
    return files


@settings(max_examples=400, deadline=None)
@given(
    damage=st.binary(min_size=1, max_size=6),
    where=st.floats(0, 1),
    which=st.integers(0, 1),
    form=st.sampled_from(sorted(set(FORMATS) - {"anndata"})),
)
def test_damage_is_an_error_of_ours_or_harmless(whole_files, damage, where, which, form) -> None:
    files = whole_files[form]
    path, damaged = next(iter(files)), list(files)[which % len(files)]
    whole = files[damaged]
    start = int(where * len(whole))
    damaged.write_bytes(whole[:start] + damage + whole[start + len(damage) :])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damage may make two words one, or a number too large
        with contextlib.suppress(VectorFileError):
            WordVectors.load(path, form)
    damaged.write_bytes(whole)
