#!/bin/sh
# Signs Tryon.app with the hardened runtime, packs it, and has Apple notarise it. Run on macOS after
# `python packaging/build.py`, by whoever holds the certificate:
#   IDENTITY="Developer ID Application: NAME (TEAM)" PROFILE=tryon packaging/macos/sign.sh
# PROFILE is what `xcrun notarytool store-credentials` saved once in the keychain: no password is in this file.
set -eu
: "${IDENTITY:?Say which certificate: IDENTITY=\"Developer ID Application: ...\"}"
: "${PROFILE:?Say which saved credentials notarytool takes: PROFILE=...}"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$here/../../build/package
app=$build/cpu/dist/Tryon.app
image=$(ls "$build"/results/tryon-*-macos-*.dmg)

# From the inside out: what is signed later must not change what was signed before.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -u+x \) -print0 |
  xargs -0 codesign --force --timestamp --options runtime --sign "$IDENTITY"
codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" --sign "$IDENTITY" "$app"
codesign --verify --deep --strict --verbose=2 "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ditto "$app" "$folder/Tryon.app"
ln -s /Applications "$folder/Applications"
hdiutil create -quiet -ov -format UDZO -volname Tryon -srcfolder "$folder" "$image"
codesign --force --timestamp --sign "$IDENTITY" "$image"

xcrun notarytool submit "$image" --keychain-profile "$PROFILE" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
# The image has changed: its hash in SHA256SUMS too.
(cd "$build/results" && shasum -a 256 tryon-* > SHA256SUMS)
