#!/bin/sh
# The frozen app in CI: built and smoke-tested, without packing it. A failure is what the app or its build does wrong,
# and nothing else: where the machine has no package index, no tools, or no time, that is said aloud and skipped (code 0).
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
python=$("$here/find_python.sh") || exit 1
app=$here/../build/package/cpu/dist/tryon/tryon
# Seconds for the build, and for each of two tries of the smoke test: with the tests before it, less than 45 minutes.
build_s=${TRYON_BUILD_SECONDS:-660}
smoke_s=${TRYON_SMOKE_SECONDS:-330}

skip() {
  echo "SKIP: the frozen app was not tested: $1"
  exit 0
}

if [ -r /proc/loadavg ] && awk -v cores="$(nproc)" '{ exit !($1 > 5 * cores) }' /proc/loadavg; then
  skip "the machine is too busy ($(cut -d ' ' -f 1 /proc/loadavg) jobs at a time)."
fi
if ! command -v objdump >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get install -y -qq --no-install-recommends binutils >/dev/null 2>&1
fi

timeout "$build_s" "$python" "$here/build.py" --app-only
case $? in
  0) ;;
  75) skip "what it is built with or of could not be had (see above)." ;;
  124) skip "it was not built within $build_s s." ;;
  *) echo "The frozen app could not be built."; exit 1 ;;
esac

# A busy machine may need longer for its first composite than the 8 s that are promised for a quiet one, and may fail
# once; what fails twice is broken.
for try in first second; do
  timeout "$smoke_s" "$python" "$here/smoke_test.py" --start-limit "${TRYON_START_LIMIT:-20}" "$app"
  case $? in
    0) exit 0 ;;
    124) skip "its $try smoke test did not end within $smoke_s s." ;;
    *) echo "The $try smoke test of the frozen app failed." ;;
  esac
done
exit 1
