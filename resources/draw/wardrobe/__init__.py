"""The garments: how each kind is cut, and how it is sewn."""
