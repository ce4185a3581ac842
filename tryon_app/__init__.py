"""tryon_app puts garments on people in live video."""

from importlib.metadata import version

__version__ = version("tryon_app")
