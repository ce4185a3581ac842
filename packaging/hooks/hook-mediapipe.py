"""MediaPipe opens its library through `importlib.resources` and ctypes, where no analysis sees it."""

from PyInstaller.utils.hooks import collect_dynamic_libs

hiddenimports = ["mediapipe.tasks.c"]
binaries = collect_dynamic_libs("mediapipe", destdir=None)
