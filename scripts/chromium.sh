#!/usr/bin/env bash
# Sees to it that a Chromium is there for the tests in a browser. It is 300 MB, so it is installed only where
# ADDON_PORTAL_REQUIRE_BROWSER=1 asks for it, and as root on Debian. Elsewhere says that those tests are skipped.
set -euo pipefail

# On Ubuntu such a name may be a script that only says where to get the snap.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if "$name" --version >/dev/null 2>&1; then exit 0; fi
done

skipped() {
    echo "tests: no Chromium here; the tests in a browser are skipped ($*)"
    exit 0
}

system=$(sed -n 's/^ID=//p' /etc/os-release 2>/dev/null || true)
if [ "$system" = ubuntu ]; then
    skipped "Ubuntu has it as a snap only, which is left to you: snap install chromium; Google's chrome does as well"
fi
if [ "${ADDON_PORTAL_REQUIRE_BROWSER:-}" != 1 ]; then
    skipped "Debian: apt-get install chromium; as root, ADDON_PORTAL_REQUIRE_BROWSER=1 does it"
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    skipped "it is installed for you as root on Debian alone"
fi
echo "tests: installing chromium (300 MB)"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || true
if ! apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1; then
    skipped "it could not be installed"
fi
