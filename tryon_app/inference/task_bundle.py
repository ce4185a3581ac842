"""Puts a MediaPipe `.task` bundle together from plain TensorFlow Lite models.

The Tasks API wants to know how pictures are normalised from metadata inside a model; the pose and hand landmark
models in MediaPipe's older wheels lack it. A bundle is an uncompressed zip whose members start at multiples of 4 bytes.
"""

import io
import zipfile
from collections.abc import Mapping

from tryon_app.inference.flatbuffer import Blob, Floats, Number, Placed, Table, TableView, Text, Vector, encode

_ALIGN = 4
_EPOCH = (1980, 1, 1, 0, 0, 0)

# Field numbers of tflite's schema.fbs, table Model, Buffer and Metadata.
_VERSION, _CODES, _SUBGRAPHS, _DESCRIPTION, _BUFFERS, _METADATA_BUFFER, _METADATA, _SIGNATURES = range(8)
_BUFFER_DATA = 0
_METADATA_NAME, _METADATA_INDEX = 0, 1


def with_normalization(model: bytes, mean: float, std: float) -> bytes:
    """Add metadata saying that the network's input is (value - mean) / std of an 8-bit RGB picture.

    Args:
        model: A TensorFlow Lite model.
        mean: Subtracted first.
        std: Divided by.

    Returns:
        The model with the metadata; the original bytes follow unchanged behind a new head.

    Raises:
        ValueError: It is no TensorFlow Lite model.
    """
    if model[4:8] != b"TFL3":
        raise ValueError("not a TensorFlow Lite model")
    old = TableView(model)
    buffers = old.targets(_BUFFERS)
    fields: dict[int, Placed | Vector | Number] = {_VERSION: Number(old.number(_VERSION))}
    for slot in (_CODES, _SUBGRAPHS, _DESCRIPTION, _METADATA_BUFFER, _SIGNATURES):
        target = old.target(slot)
        if target is not None:
            fields[slot] = Placed(target)
    fields[_BUFFERS] = Vector((*map(Placed, buffers), Table({_BUFFER_DATA: Blob(_image_metadata(mean, std))})))
    entry = Table({_METADATA_NAME: Text("TFLITE_METADATA"), _METADATA_INDEX: Number(len(buffers))})
    fields[_METADATA] = Vector((*map(Placed, old.targets(_METADATA)), entry))
    return encode(Table(fields), b"TFL3", behind=model)


def bundle(members: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip with aligned members: the same bytes for the same members, always.

    Args:
        members: Name -> content, in order.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            # A local header is 30 bytes, the name, then an extra field, whose own head takes 4 bytes.
            padding = -(out.tell() + 30 + len(name.encode()) + 4) % _ALIGN
            info.extra = b"\xfe\xca" + padding.to_bytes(2, "little") + bytes(padding)
            archive.writestr(info, content)
    return out.getvalue()


def _image_metadata(mean: float, std: float) -> bytes:
    """ModelMetadata of TensorFlow Lite's metadata_schema.fbs for one RGB input."""
    normalization = Table({0: Floats((mean,)), 1: Floats((std,))})
    process_unit = Table({0: Number(1, "B"), 1: normalization})  # union ProcessUnitOptions: 1 = NormalizationOptions
    image = Table({0: Number(1, "B")})  # ImageProperties.color_space: 1 = RGB
    content = Table({0: Number(2, "B"), 1: image})  # union ContentProperties: 2 = ImageProperties
    tensor = Table({0: Text("image"), 3: content, 4: Vector((process_unit,))})
    return encode(Table({3: Vector((Table({2: Vector((tensor,))}),))}), b"M001")
