"""One module a command; `tryon_app.cli` puts them together."""
