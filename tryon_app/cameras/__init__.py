"""Where frames come from: webcams, video files, folders of pictures, the synthetic reference camera."""
