"""tryon_app puts garments on people in live video."""

import os
from importlib.metadata import version

__version__ = version("tryon_app")

# Since 1.29 ONNX Runtime reports to its vendor and keeps an id of the machine. It looks at this once, when it is first
# imported, so it must stand before any import of it: here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

# Read when OpenCV is loaded, whichever room loads it first: with hardware transforms, Windows' Media Foundation takes
# half a minute to open a camera.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

# Nothing but the app's own words gets onto the console; who wants more sets these variables. Which FFmpeg Qt has, and
# which libraries for hardware decoding it did without: the app plays no files with Qt.
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.ffmpeg.info=false;qt.multimedia.symbolsresolver=false")
# What is wrong with a camera or a film is said by the app, in words.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
