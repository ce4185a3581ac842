"""The bytes of a glTF file, GLB or with its data embedded, and views into them; every range is checked."""

import binascii
import json
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tryon_app.core.errors import GarmentError
from tryon_app.garments.mesh.document import Document
from tryon_app.garments.mesh.files import compressed, damaged
from tryon_app.garments.mesh.model import EXPORT_AGAIN

_MOST_JSON, _MOST_EMBEDDED = 4 * 2**20, 2000
_DATA = re.compile(rb'"data:[^"\\,]{0,100};base64,([A-Za-z0-9+/=]*+)"')
_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_COLUMNS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A document and the bytes it speaks of.

    Attributes:
        path: The file, for messages.
        document: Checked.
        buffers: Content of each buffer.
        embedded: Content of each "data:N" in it.
    """

    path: Path
    document: Document
    buffers: tuple[bytes, ...]
    embedded: tuple[bytes, ...]

    def view(self, index: int) -> memoryview:
        """The bytes of a view.

        Raises:
            GarmentError: It is not within its buffer.
        """
        views = self.document.buffer_views
        if index >= len(views) or views[index].buffer >= len(self.buffers):
            raise damaged(self.path, f"there is no buffer view {index}")
        view = views[index]
        data = self.buffers[view.buffer]
        if view.byte_offset + view.byte_length > len(data):
            raise damaged(self.path, f"buffer view {index} ends beyond its buffer")
        return memoryview(data)[view.byte_offset : view.byte_offset + view.byte_length]

    def rows(self, index: int) -> tuple[memoryview, int, int]:
        """The bytes of an accessor, from one row to the next, and of a row.

        Raises:
            GarmentError: There is no such accessor, it has no bytes of its own, or ends beyond them.
        """
        accessors = self.document.accessors
        if index >= len(accessors):
            raise damaged(self.path, f"there is no accessor {index}")
        accessor = accessors[index]
        if accessor.buffer_view is None or accessor.sparse is not None:
            raise compressed(self.path)
        row = np.dtype(_TYPES[accessor.component_type]).itemsize * _COLUMNS[accessor.type]
        data = self.view(accessor.buffer_view)
        stride = self.document.buffer_views[accessor.buffer_view].byte_stride or row
        if stride < row or accessor.byte_offset + (accessor.count - 1) * stride + row > len(data):
            raise damaged(self.path, f"accessor {index} ends beyond its buffer view")
        return data[accessor.byte_offset :], stride, row

    def numbers(self, index: int) -> NDArray[np.float32]:
        """An accessor's content, float32 count x columns; whole numbers stand for 0..1.

        Raises:
            GarmentError: See `rows`.
        """
        values = self._values(index)
        divisor = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)
        return np.asarray(values.astype(np.float32) / np.float32(divisor))

    def whole(self, index: int) -> NDArray[np.uint32]:
        """An accessor of whole numbers, uint32, flat.

        Raises:
            GarmentError: See `rows`.
        """
        return self._values(index).astype(np.uint32).ravel()

    def _values(self, index: int) -> NDArray[Any]:
        data, stride, row = self.rows(index)
        accessor = self.document.accessors[index]
        packed = np.lib.stride_tricks.as_strided(np.frombuffer(data, np.uint8), (accessor.count, row), (stride, 1))
        return np.ascontiguousarray(packed).view(np.dtype(_TYPES[accessor.component_type]))


def opened(path: Path, data: bytes) -> Container:
    """The document in a file, and its bytes.

    Raises:
        GarmentError: Not glTF 2.0, damaged, or in need of other files.
    """
    text, binary = _chunks(path, data) if data[:4] == b"glTF" else (data, None)
    if data[:4] != b"glTF" and path.suffix.lower() == ".glb":
        raise GarmentError(f"{path.name} is no GLB file.", EXPORT_AGAIN)
    embedded: list[bytes] = []

    def taken(match: re.Match[bytes]) -> bytes:
        """Data out of the text: what is left is small, and is all that the JSON reader sees."""
        if len(embedded) == _MOST_EMBEDDED:
            raise damaged(path, f"more than {_MOST_EMBEDDED} pieces of data")
        try:
            embedded.append(binascii.a2b_base64(match[1]))
        except binascii.Error as error:
            raise damaged(path, error) from error
        return b'"data:%d"' % (len(embedded) - 1)

    text = _DATA.sub(taken, text)
    if len(text) > _MOST_JSON:
        raise GarmentError(
            f"{path.name} describes too much: {len(text) / 2**20:.0f} MB of text.",
            "Export one garment, without a scene.",
        )
    try:
        document = Document.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise damaged(path, f"{where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise GarmentError(f"{path.name} is no glTF file.", EXPORT_AGAIN) from error
    if not document.asset.version.startswith("2."):
        raise GarmentError(f"{path.name} is glTF {document.asset.version[:8]}.", "Export it as glTF 2.0, best as GLB.")
    buffers = tuple(_content(path, buffer.uri, binary, embedded) for buffer in document.buffers)
    return Container(path, document, buffers, tuple(embedded))


def _chunks(path: Path, data: bytes) -> tuple[bytes, bytes | None]:
    """JSON and binary chunk of a GLB."""
    if len(data) < 20:
        raise damaged(path, "shorter than its header")
    version, length, json_length, kind = struct.unpack_from("<IIII", data, 4)
    if version != 2:
        raise GarmentError(f"{path.name} is GLB version {version}.", "Export it as glTF 2.0, best as GLB.")
    if length > len(data) or 20 + json_length > length or kind != 0x4E4F534A:
        raise damaged(path, f"{len(data)} bytes of {max(length, 20 + json_length)}")
    start = 20 + json_length
    if start + 8 > length:
        return data[20:start], None
    size, kind = struct.unpack_from("<II", data, start)
    if kind != 0x004E4942:
        return data[20:start], None
    if start + 8 + size > length:
        raise damaged(path, f"{length} bytes of {start + 8 + size}")
    return data[20:start], data[start + 8 : start + 8 + size]


def _content(path: Path, uri: str | None, binary: bytes | None, embedded: list[bytes]) -> bytes:
    if uri is None:
        return binary or b""
    return data_of(path, uri, embedded)


def data_of(path: Path, uri: str, embedded: Sequence[bytes]) -> bytes:
    """What a "data:N" stands for; nothing else is ever opened.

    Raises:
        GarmentError: It names another file or an address.
    """
    if uri.startswith("data:"):
        number = re.fullmatch("data:([0-9]{1,8})", uri)
        if number is None or int(number[1]) >= len(embedded):
            raise damaged(path, "its embedded data is not base64")
        return embedded[int(number[1])]
    raise GarmentError(
        f"{path.name} needs another file ({uri[:60]!r}), which is not opened.",
        "Export it as GLB: one file that holds everything.",
    )
