"""Run before the app: nothing but the app's own words gets onto the console. Who wants more sets these variables."""

import os
import sys

# A program without a console (Windows, started from the menu) has no streams to write to.
for _name in ("stdout", "stderr"):
    if getattr(sys, _name) is None:
        setattr(sys, _name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  open until the end

# Which FFmpeg Qt plays with, and which libraries for hardware decoding it did without: the app plays no files with it.
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.ffmpeg.info=false;qt.multimedia.symbolsresolver=false")
# What is wrong with a film is said by the app, in words.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
