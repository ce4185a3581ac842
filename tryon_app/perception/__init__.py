"""What is seen in a frame: pose landmarks and human parsing. MediaPipe is imported here alone."""
