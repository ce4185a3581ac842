"""The work behind `tryon render`: one photo, one video, or a table of photos."""
