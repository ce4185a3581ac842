"""Garments that are 3-D models: read with care, photographed from both sides, measured."""
