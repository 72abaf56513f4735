#!/usr/bin/env python3
"""Makes lines for 'actormemory portfolio import' of a vectors.pkl of the original engine, and runs nothing that is in it.

    python3 vectors_pkl_to_ndjson.py vectors.pkl > vectors.ndjson

A pickle is a program. This reads only dictionaries, lists, texts, numbers and numpy's float arrays; a pickle that names anything
else is refused before it is called. It needs Python's standard library alone.
"""
import json
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


def encode(text, encoding):
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"the encoding {encoding} is not expected")
    return text.encode("latin1")


class Reader(pickle.Unpickler):
    ALLOWED = {
        ("numpy.core.multiarray", "_reconstruct"): Array, ("numpy._core.multiarray", "_reconstruct"): Array,
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
    for key, vector in zip(ids, vectors):
        about = metadata[key]
        values = vector.values if isinstance(vector, Array) else vector
        print(json.dumps({"id": key, "embedding": values, "text": about.get("text"), "metadata": about.get("metadata")}, allow_nan=False))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except (OSError, pickle.UnpicklingError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, struct.error) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
