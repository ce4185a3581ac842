"""Keeps an app running where nobody is near: heartbeats, restarts, safe mode."""
