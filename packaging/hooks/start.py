"""Run before the app. A program without a console (Windows, started from the menu) has no streams to write to; and Qt
need not tell which FFmpeg it plays with.
"""

import os
import sys

for _name in ("stdout", "stderr"):
    if getattr(sys, _name) is None:
        setattr(sys, _name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  open until the end

os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.ffmpeg.info=false")
