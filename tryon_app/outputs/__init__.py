"""Where pictures go: files, recordings, snapshots."""
