"""Renders the app icon for installers: `python -m resources.draw.icons` makes the PNG, ICO and ICNS from `app.svg`."""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[1] / "icons"
SIDES = (16, 24, 32, 48, 64, 128, 256)


def rendered(svg: Path, side: int) -> Image.Image:
    """The drawing as an RGBA picture of `side` x `side` pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(buffer.data().data())).convert("RGBA")


def main() -> int:
    """Write every format an installer asks for; returns the exit code."""
    svg = FOLDER / "app.svg"
    rendered(svg, 512).save(FOLDER / "app.png", optimize=True)
    rendered(svg, 256).save(FOLDER / "app.ico", sizes=[(side, side) for side in SIDES])
    rendered(svg, 1024).save(FOLDER / "app.icns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
