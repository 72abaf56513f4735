#!/usr/bin/env python3
"""Makes lines for 'actormemory portfolio import' of a vectors.pkl of the original engine, and runs nothing that is in it.

    python3 vectors_pkl_to_ndjson.py vectors.pkl > vectors.ndjson

A pickle is a program. This reads only dictionaries, lists, texts, numbers and numpy's float arrays; a pickle that names anything
else is refused before it is called. It needs Python's standard library alone.
"""
import json
import math
import pickle
import struct
import sys

FORMATS = {"f8": "d", "f4": "f"}


class Type:
    """Stands for numpy.dtype."""

    def __init__(self, name, *_):
        self.name, self.order = name, "<"

    def __setstate__(self, state):
        self.order = state[1] if state[1] in "<>" else "<"


class Array:
    """Stands for numpy.ndarray."""

    def __init__(self, *_):
        self.values = []

    def __setstate__(self, state):
        _, shape, dtype, _, raw = state
        if dtype.name not in FORMATS or len(shape) != 1:
            raise pickle.UnpicklingError(f"an array of {dtype.name} with the shape {shape} is no vector")
        self.values = list(struct.unpack(f"{dtype.order}{shape[0]}{FORMATS[dtype.name]}", raw))


def scalar(dtype, raw):
    """A number that numpy made."""
    return struct.unpack(dtype.order + FORMATS[dtype.name], raw)[0]


def plain(value):
    """Numbers that JSON has no word for are null."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def encode(text, encoding):
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"the encoding {encoding} is not expected")
    return text.encode("latin1")


class Reader(pickle.Unpickler):
    ALLOWED = {
        ("numpy.core.multiarray", "_reconstruct"): Array, ("numpy._core.multiarray", "_reconstruct"): Array,
        ("numpy.core.multiarray", "scalar"): scalar, ("numpy._core.multiarray", "scalar"): scalar,
        ("numpy", "ndarray"): Array, ("numpy", "dtype"): Type, ("_codecs", "encode"): encode,
    }

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which has no place in vectors")
        return self.ALLOWED[module, name]


def main(path):
    with open(path, "rb") as file:
        content = Reader(file).load()
    vectors, ids, metadata = content["vectors"], content["ids"], content["metadata"]
    if len(vectors) != len(ids):
        raise ValueError(f"there are {len(vectors)} vectors for {len(ids)} ids")
    lines = []
    for key, vector in zip(ids, vectors):
        about = metadata[key]
        values = vector.values if isinstance(vector, Array) else vector
        if not all(math.isfinite(value) for value in values):
            raise ValueError(f"the vector of {key} has a number that is not finite")
        line = {"id": key, "embedding": values, "text": about.get("text"), "metadata": plain(about.get("metadata"))}
        lines.append(json.dumps(line, allow_nan=False))
    for line in lines:
        print(line)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except (OSError, pickle.UnpicklingError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, struct.error) as error:
        sys.exit(f"{sys.argv[1]}: {error}; nothing was written")
