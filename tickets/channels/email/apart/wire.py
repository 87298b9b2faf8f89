"""What passes between a worker and its reader: JSON for words, bytes as they are after it.

Only the types named by the dataclass at the receiving end can come out, so that a reader taken
over by a hostile mail can say untrue things but run nothing.
"""

import json
import struct
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

HEAD = struct.Struct(">QQ")  # bytes of JSON, bytes after it
MAX_FRAME = 512 * 1024 * 1024


class WireFault(Exception):
    """What came is not what was agreed on."""


def pack(value: object) -> list[bytes]:
    """The chunks of a frame, to be written one after the other; bytes are not copied."""
    chunks: list[bytes] = []
    words = json.dumps(_plain(value, chunks), ensure_ascii=False).encode("utf-8", "replace")
    return [HEAD.pack(len(words), sum(map(len, chunks))) + words, *chunks]


def sizes(head: bytes) -> tuple[int, int]:
    """Bytes of JSON and of what follows it, from a frame's head. Raises WireFault."""
    words, rest = HEAD.unpack(head)
    if words + rest > MAX_FRAME:
        raise WireFault(f"a frame of {words + rest} bytes")
    return words, rest


def unpack(kind: type[T], words: bytes, rest: memoryview) -> T:
    """The value of a frame. Raises WireFault where it is not of that kind."""
    try:
        return _typed(kind, json.loads(words), _Chunks(rest))  # type: ignore[no-any-return]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WireFault(f"{type(error).__name__}: {error}") from error


class _Chunks:
    """Takes the bytes of a frame apart in their order."""

    def __init__(self, rest: memoryview) -> None:
        self._rest = rest
        self._position = 0

    def take(self, size: int) -> bytes:
        end = self._position + size
        if size < 0 or end > len(self._rest):
            raise ValueError("bytes are missing")
        chunk = bytes(self._rest[self._position : end])
        self._position = end
        return chunk


def _plain(value: Any, chunks: list[bytes]) -> Any:
    if isinstance(value, bytes):
        chunks.append(value)
        return len(value)
    if isinstance(value, tuple):
        return [_plain(item, chunks) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name), chunks) for item in fields(value)}
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(kind: Any, value: Any, chunks: _Chunks) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        kind = next(kind for kind in arguments if kind is not NoneType)
        return None if value is None else _typed(kind, value, chunks)
    if origin is tuple:
        kinds = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_typed(kind, item, chunks) for kind, item in zip(kinds, value, strict=True))
    if kind is bytes:
        return chunks.take(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{n: _typed(hint, value[n], chunks) for n, hint in _hints(kind).items()})
    return _word(kind, value)


def _word(kind: Any, value: Any) -> Any:
    if kind not in {str, int, bool, float} or type(value) is not kind:
        raise TypeError(f"{value!r:.50} is no {kind}")
    return value
