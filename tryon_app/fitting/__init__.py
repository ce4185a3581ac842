"""From a garment and a pose to a flow: where each pixel of the photo lands on the person."""
