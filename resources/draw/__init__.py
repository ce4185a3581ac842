"""Draws the built-in catalogue: garments as patterns in centimetres, rendered like product photos."""
