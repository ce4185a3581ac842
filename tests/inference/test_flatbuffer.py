"""Hand-written FlatBuffers, read back by the reference implementation that MediaPipe brings along."""

import flatbuffers
import pytest
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as model_schema

from tryon_app.inference.flatbuffer import Blob, Floats, Number, Placed, Table, TableView, Text, Vector, encode
from tryon_app.inference.task_bundle import with_normalization


def small_model() -> bytes:
    """A model without any operator, written by the reference implementation."""
    builder = flatbuffers.Builder(256)
    name = builder.CreateString("old")
    description = builder.CreateString("a small model")
    payload = builder.CreateByteVector(b"payload")
    model_schema.BufferStart(builder)
    model_schema.BufferAddData(builder, payload)
    buffer = model_schema.BufferEnd(builder)
    model_schema.MetadataStart(builder)
    model_schema.MetadataAddName(builder, name)
    model_schema.MetadataAddBuffer(builder, 0)
    entry = model_schema.MetadataEnd(builder)
    model_schema.ModelStartBuffersVector(builder, 1)
    builder.PrependUOffsetTRelative(buffer)
    buffers = builder.EndVector()
    model_schema.ModelStartMetadataVector(builder, 1)
    builder.PrependUOffsetTRelative(entry)
    entries = builder.EndVector()
    model_schema.ModelStart(builder)
    model_schema.ModelAddVersion(builder, 3)
    model_schema.ModelAddDescription(builder, description)
    model_schema.ModelAddBuffers(builder, buffers)
    model_schema.ModelAddMetadata(builder, entries)
    builder.Finish(model_schema.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


def test_metadata_is_added_and_the_rest_stays() -> None:
    old = small_model()
    new = with_normalization(old, 3.0, 255.0)
    assert new.endswith(old)
    assert (len(new) - len(old)) % 16 == 0
    model = model_schema.Model.GetRootAs(new)
    assert (model.Version(), model.Description()) == (3, b"a small model")
    assert model.Buffers(0).DataAsNumpy().tobytes() == b"payload"
    assert [model.Metadata(i).Name() for i in range(model.MetadataLength())] == [b"old", b"TFLITE_METADATA"]
    added = model.Metadata(1).Buffer()
    assert added == model.BuffersLength() - 1
    data = model.Buffers(added).DataAsNumpy().tobytes()
    assert metadata_schema.ModelMetadata.ModelMetadataBufferHasIdentifier(data, 0)
    tensor = metadata_schema.ModelMetadata.GetRootAs(data).SubgraphMetadata(0).InputTensorMetadata(0)
    assert tensor.Content().ContentPropertiesType() == metadata_schema.ContentProperties.ImageProperties
    unit = tensor.ProcessUnits(0)
    assert unit.OptionsType() == metadata_schema.ProcessUnitOptions.NormalizationOptions
    options = metadata_schema.NormalizationOptions()
    options.Init(unit.Options().Bytes, unit.Options().Pos)
    assert (options.Mean(0), options.Std(0)) == (3.0, 255.0)


def test_same_bytes_every_time() -> None:
    assert with_normalization(small_model(), 0, 255) == with_normalization(small_model(), 0, 255)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="TensorFlow Lite"):
        with_normalization(b"not a model at all", 0, 255)


def test_blobs_stand_at_multiples_of_16() -> None:
    for filler in range(1, 20):
        data = encode(Table({0: Text("x" * filler), 1: Blob(b"abc")}), b"TEST")
        blob = TableView(data).target(1)
        assert blob is not None
        assert (blob + 4) % 16 == 0
        assert data[blob + 4 : blob + 7] == b"abc"


def test_reading_back_what_was_written() -> None:
    behind = encode(Table({2: Number(7)}), b"OLDS")
    old_root = TableView(behind).offset
    data = encode(
        Table({0: Number(5, "B"), 3: Number(9), 4: Vector((Placed(old_root),)), 6: Floats((1.5,))}), b"NEWS", behind
    )
    root = TableView(data)
    assert root.number(3) == 9
    assert root.number(1) == root.number(40) == 0
    assert root.target(1) is None
    assert root.targets(5) == []
    (moved,) = root.targets(4)
    assert TableView(data, moved).number(2) == 7
