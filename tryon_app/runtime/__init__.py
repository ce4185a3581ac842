"""Live running: capture and processing threads, without Qt."""
