#!/bin/sh
# The journeys need a Chromium: the one named by CHROMIUM, one that is there, or Debian's where we may install it.
set -eu
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "The journeys need Chromium. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM to its path." >&2
exit 1
