"""Shapes of pixels that films have."""

LEAST_ASPECT, MOST_ASPECT = 0.2, 5.0
"""Pixels more oblong than this are a mistake in the file."""
