#!/bin/sh
# Prints a Python that the app runs on: $PYTHON, else the first of the usual names that is 3.11 or 3.12.
for candidate in "${PYTHON:-}" python3.11 python3.12 python3 python; do
  [ -n "$candidate" ] || continue
  # A name may exist and still not start (pyenv's stand-ins).
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' >/dev/null 2>&1; then
    command -v "$candidate"
    exit 0
  fi
done
echo "No Python 3.11 or 3.12 was found. Debian 12, Ubuntu 24.04: sudo apt-get install -y python3 python3-venv." >&2
echo "Elsewhere: install it from python.org or with pyenv, then: make run PYTHON=/path/to/python3.11" >&2
exit 1
