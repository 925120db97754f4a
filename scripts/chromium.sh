#!/usr/bin/env bash
# Sees to it that a Chromium is there for the tests in a browser: best the one without windows, a third of the work.
# It is 200 MB, so it is installed only where ADDON_PORTAL_REQUIRE_BROWSER=1 asks for it, and as root on Debian.
# Any other does too, where it is there. Elsewhere says that those tests are skipped.
set -euo pipefail

best=chromium-headless-shell
# On Ubuntu such a name may be a script that only says where to get the snap.
is_there() { "$1" --version >/dev/null 2>&1; }
is_there "$best" && exit 0

system=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null || true)
is_asked=${ADDON_PORTAL_REQUIRE_BROWSER:-0}
if [ "$is_asked" = 1 ] && [ "$system" != ubuntu ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "tests: installing $best (200 MB)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1 || true
    if apt-get install -qq -y --no-install-recommends "$best" >/dev/null 2>&1; then exit 0; fi
    why="$best could not be installed"
fi

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if is_there "$name"; then exit 0; fi
done

skipped() {
    echo "tests: no Chromium here; the tests in a browser are skipped ($*)"
    exit 0
}

if [ "$system" = ubuntu ]; then
    skipped "Ubuntu has it as a snap only, which is left to you: snap install chromium; Google's chrome does as well"
fi
if [ "$is_asked" != 1 ]; then
    skipped "Debian: apt-get install $best; as root, ADDON_PORTAL_REQUIRE_BROWSER=1 does it"
fi
skipped "${why:-it is installed for you as root on Debian alone}"
