#!/bin/sh
# Installs the missing system packages on Debian and Ubuntu where that may be done without asking (root, or sudo without
# a password); otherwise prints the line to run and goes on: `tryon doctor` says what really is missing.
# Usage: system-packages.sh PYTHON   (TRYON_NO_APT=1: only print the line)
set -eu
python=$1
list=$(dirname "$0")/apt-packages.txt

command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1 || exit 0

installed() {
  # Since 2024 some libraries carry "t64" in their package name.
  for name in "$1" "${1}t64"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] && return 0
  done
  return 1
}

missing=
for package in $(sed 's/#.*//' "$list"); do
  if [ "$package" = python3-venv ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then continue; fi
  installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ -n "${TRYON_NO_APT:-}" ]; then root=no
elif [ "$(id -u)" = 0 ]; then root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then root='sudo -n'
else root=no
fi

if [ "$root" = no ]; then
  echo "These system packages are missing; install them with:"
  echo "  sudo apt-get install -y$missing"
  exit 0
fi

echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -q || echo "apt-get update failed; trying with the package lists that are there."
# shellcheck disable=SC2086
if ! $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; then
  # One name that a release does not have must not keep the others out.
  for package in $missing; do
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" ||
      echo "Could not install $package; try: sudo apt-get install -y $package"
  done
fi
