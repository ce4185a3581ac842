"""Shared data types, protocols, errors and the pipeline itself. Imports numpy, pydantic and platformdirs only."""
