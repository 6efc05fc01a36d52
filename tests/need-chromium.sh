#!/bin/sh
# The journeys need a Chromium: the one named by CHROMIUM, or one that is there. Where we may install, Debian's is, and
# with it Chromium without a window, which the journeys prefer because it costs a quarter less.
set -eu
has() { [ -n "$1" ] && command -v "$1" >/dev/null; }
if has "${CHROMIUM:-}"; then exit 0; fi
if has chromium-headless-shell && has chromium; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    install="apt-get install -y -qq chromium chromium-headless-shell"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install >/dev/null; then exit 0; fi
fi
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if has "$name"; then exit 0; fi
done
echo "The journeys need Chromium. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM to its path." >&2
exit 1
