"""The Qt Quick window. Qt is imported here alone."""
