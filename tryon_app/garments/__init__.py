"""Garments on disk: the catalogue, and the importer that turns a product photo into a garment."""
