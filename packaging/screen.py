"""A virtual screen (Xvfb) whose picture can be read without any other program: its framebuffer is a file."""

import mmap
import os
import select
import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

SIZE = 1280, 800
_FRAMEBUFFER = "Xvfb_screen0"
_START_S = 20.0
_STEP = 7  # pixels between two that are looked at


@dataclass
class Screen:
    """An Xvfb that runs.

    Attributes:
        process: It.
        display: What DISPLAY must be, e.g. ":99".
        framebuffer: The file with its picture, in X's window dump format.
    """

    process: "subprocess.Popen[bytes]"
    display: str
    framebuffer: Path

    @classmethod
    def start(cls, scratch: Path, root: Path | None = None) -> "Screen":
        """Start one that is reached through a socket below /tmp of `root`.

        Args:
            scratch: A folder of ours (inside `root` where that is given).
            root: Enter this root first, so that the socket lies where the app looks.

        Raises:
            SystemExit: There is no Xvfb, or it does not start.
        """
        if root is None and shutil.which("Xvfb") is None:
            raise SystemExit("Xvfb is needed to test the window: apt-get install xvfb, or --no-window.")
        inside = scratch if root is None else Path("/") / scratch.relative_to(root)
        read_end, write_end = os.pipe()
        # Without a network: nothing is listened for but the local socket.
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
        command += ["-noreset", "-fbdir", str(inside)]
        if root is not None:
            command = [tool("chroot"), str(root), *command]
        with (scratch / "xvfb.log").open("wb") as log:
            process = subprocess.Popen(command, pass_fds=(write_end,), stdout=log, stderr=log)
        os.close(write_end)
        number = _line(read_end)
        os.close(read_end)
        if not number:
            process.kill()
            process.wait()
            raise SystemExit(f"Xvfb did not start: {(scratch / 'xvfb.log').read_text('utf-8', 'replace')[-500:]}")
        return cls(process, f":{number}", scratch / _FRAMEBUFFER)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=10)

    def read(self) -> tuple[int, int, bytes]:
        """Width, height and the picture, 3 bytes a pixel, red first."""
        with self.framebuffer.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as dump:
            return decode_dump(bytes(dump))

    def sample(self) -> list[bytes]:
        """Every few pixels of every few rows, 3 bytes each."""
        width, height, pixels = self.read()
        starts = (3 * (y * width + x) for y in range(0, height, _STEP) for x in range(0, width, _STEP))
        return [pixels[at : at + 3] for at in starts]


def tool(name: str) -> str:
    """A program of the system, also where the PATH of the app has no folder for administrators.

    Raises:
        SystemExit: There is none.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise SystemExit(f"{name} is needed for this test.")
    return found


def _line(descriptor: int) -> str:
    """A line out of a pipe, "" when none comes. The writer takes a pipe closed too early for an error."""
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], _START_S)
        piece = os.read(descriptor, 16) if ready else b""
        if not piece:
            return ""
        text += piece
    return text.decode("ascii").strip()


def decode_dump(dump: bytes) -> tuple[int, int, bytes]:
    """An X window dump (XWD, version 7) of 32 bits a pixel, blue first, as Xvfb writes it.

    Raises:
        ValueError: It is another kind.
    """
    header = struct.unpack(">25I", dump[:100])
    header_size, version, width, height, bits, row = header[0], header[1], header[4], header[5], header[11], header[12]
    little, colours = header[7] == 0, header[19]
    if version != 7 or bits != 32 or not little:
        raise ValueError(f"a dump of version {version} with {bits} bits a pixel")
    start = header_size + 12 * colours
    pixels = bytearray(3 * width * height)
    for y in range(height):
        line = dump[start + y * row : start + y * row + 4 * width]
        at, end = 3 * y * width, 3 * (y + 1) * width
        pixels[at:end:3], pixels[at + 1 : end : 3], pixels[at + 2 : end : 3] = line[2::4], line[1::4], line[0::4]
    return width, height, bytes(pixels)


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG of 3 bytes a pixel, red first."""
    rows = b"".join(b"\0" + pixels[3 * y * width : 3 * (y + 1) * width] for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG.

    Raises:
        ValueError: It is none.
    """
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise ValueError("not a PNG")
    width, height = struct.unpack(">II", data[16:24])
    return width, height
