#!/bin/sh
# The frozen app in CI: built and smoke-tested, without packing it. Where its environment cannot be made (no index of
# packages, no space), that is said and skipped: exit code 0. Everything else that goes wrong is a failure.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
python=$("$here/find_python.sh") || exit 1
app=$here/../build/package/cpu/dist/tryon/tryon

"$python" "$here/build.py" --app-only
case $? in
  0) ;;
  75) echo "SKIP: the frozen app was not built, as its environment could not be made (see above)."; exit 0 ;;
  *) echo "The frozen app could not be built."; exit 1 ;;
esac
# A busy machine may need longer for its first composite than the 8 s that are promised for a quiet one.
"$python" "$here/smoke_test.py" --start-limit "${TRYON_START_LIMIT:-20}" "$app"
