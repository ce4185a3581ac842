"""Writes small FlatBuffers by hand, in front of an existing one when wanted.

The format: https://flatbuffers.dev/internals. All references in it are relative, so a new root table can be put in
front of a finished file and refer to that file's tables where they are. This adds metadata to a TensorFlow Lite model
without taking it apart, and gives the same bytes with every version of every library.
"""

import struct
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

_ALIGN = 16


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A table or vector that stands at this offset of the file behind."""

    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number in a table. `code` is a `struct` code of 1 or 4 bytes ("B", "I", "f")."""

    value: int
    code: str = "I"


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A string."""

    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """A vector of bytes that starts at a multiple of 16."""

    value: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Floats:
    """A vector of 32-bit floats."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """A vector of references."""

    values: tuple["Node", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table: field number -> value; fields left out have their default."""

    fields: Mapping[int, "Node | Number"]


Node = Placed | Text | Blob | Floats | Vector | Table


class TableView:
    """Reads one table of a finished buffer.

    Args:
        data: The buffer.
        offset: Where the table stands; None = the root table.
    """

    def __init__(self, data: bytes, offset: int | None = None) -> None:
        self._data = data
        self.offset = self._u32(0) if offset is None else offset
        self._vtable = self.offset - struct.unpack_from("<i", data, self.offset)[0]

    def _u32(self, offset: int) -> int:
        return int(struct.unpack_from("<I", self._data, offset)[0])

    def _field(self, slot: int) -> int | None:
        entry = self._vtable + 4 + 2 * slot
        if entry >= self._vtable + struct.unpack_from("<H", self._data, self._vtable)[0]:
            return None
        relative = int(struct.unpack_from("<H", self._data, entry)[0])
        return self.offset + relative if relative else None

    def number(self, slot: int) -> int:
        """An unsigned 32-bit field, 0 when left out."""
        at = self._field(slot)
        return 0 if at is None else self._u32(at)

    def target(self, slot: int) -> int | None:
        """Where the object stands that the field refers to; None when left out."""
        at = self._field(slot)
        return None if at is None else at + self._u32(at)

    def targets(self, slot: int) -> list[int]:
        """Where the objects stand that a field's vector of references names."""
        vector = self.target(slot)
        if vector is None:
            return []
        entries = (vector + 4 + 4 * i for i in range(self._u32(vector)))
        return [entry + self._u32(entry) for entry in entries]


def encode(root: Table, identifier: bytes, behind: bytes = b"") -> bytes:
    """Serialise `root`.

    Args:
        root: The root table.
        identifier: The four letters that say which schema it is.
        behind: A finished buffer that `Placed` nodes refer to; it follows at a multiple of 16 bytes, unchanged.

    Returns:
        The whole buffer.
    """
    writer = _Writer()
    start = writer.run(root, identifier)
    size = -(-len(writer.data) // _ALIGN) * _ALIGN if behind else len(writer.data)
    writer.data.extend(bytes(size - len(writer.data)))
    struct.pack_into("<I", writer.data, 0, start)
    for at, offset in writer.placed:
        struct.pack_into("<I", writer.data, at, size + offset - at)
    return bytes(writer.data) + behind


class _Writer:
    """Places nodes breadth first, so that every reference points forward as the format demands."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.placed: list[tuple[int, int]] = []
        self._waiting: deque[tuple[int, Node]] = deque()

    def run(self, root: Table, identifier: bytes) -> int:
        self.data.extend(bytes(4) + identifier)
        start = self._table(root)
        while self._waiting:
            at, node = self._waiting.popleft()
            position = self._write(node)
            struct.pack_into("<I", self.data, at, position - at)
        return start

    def _refer(self, at: int, node: Node) -> None:
        if isinstance(node, Placed):
            self.placed.append((at, node.offset))
        else:
            self._waiting.append((at, node))

    def _write(self, node: Node) -> int:
        match node:
            case Table():
                return self._table(node)
            case Vector(values):
                at = self._vector(len(values), bytes(4 * len(values)))
                for i, value in enumerate(values):
                    self._refer(at + 4 + 4 * i, value)
                return at
            case Floats(numbers):
                return self._vector(len(numbers), struct.pack(f"<{len(numbers)}f", *numbers))
            case Blob(value):
                return self._vector(len(value), value, align=_ALIGN)
            case Text(text):
                coded = text.encode()
                return self._vector(len(coded), coded + b"\0")
        raise TypeError(type(node).__name__)

    def _pad(self, align: int, ahead: int = 0) -> None:
        self.data.extend(bytes(-(len(self.data) + ahead) % align))

    def _vector(self, count: int, payload: bytes, align: int = 4) -> int:
        self._pad(align, ahead=4)
        at = len(self.data)
        self.data.extend(struct.pack("<I", count) + payload)
        return at

    def _table(self, table: Table) -> int:
        # Wide fields first: then every one stands at a multiple of its size.
        slots = sorted(table.fields, key=lambda slot: (-_width(table.fields[slot]), slot))
        offsets: dict[int, int] = {}
        size = 4
        for slot in slots:
            offsets[slot] = size
            size += _width(table.fields[slot])
        entries = [offsets.get(slot, 0) for slot in range(max(slots) + 1)] if slots else []
        vtable = struct.pack(f"<{2 + len(entries)}H", 4 + 2 * len(entries), size, *entries)
        self._pad(4, ahead=len(vtable))
        self.data.extend(vtable)
        at = len(self.data)
        self.data.extend(struct.pack("<i", len(vtable)) + bytes(size - 4))
        for slot in slots:
            value = table.fields[slot]
            if isinstance(value, Number):
                struct.pack_into(f"<{value.code}", self.data, at + offsets[slot], value.value)
            else:
                self._refer(at + offsets[slot], value)
        return at


def _width(value: Node | Number) -> int:
    return struct.calcsize(f"<{value.code}") if isinstance(value, Number) else 4
