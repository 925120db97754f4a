#!/usr/bin/env bash
# Sees to it that promtool is there for the tests, which check the metrics with it, where that can be done unasked: on
# Debian or Ubuntu. Takes the one program out of its package; nothing is installed and nothing is started. From Debian 13
# on that is `promtool`, before it was `prometheus`.
# Elsewhere the test that needs it says that it is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v promtool >/dev/null || [ -x .venv/bin/promtool ]; then exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then exit 0; fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
cd "$place"
if [ "$(id -u)" = 0 ] && ! apt-cache show prometheus >/dev/null 2>&1; then apt-get update -qq >/dev/null 2>&1 || true; fi
for package in promtool prometheus; do
    if apt-get download -qq "$package" >/dev/null 2>&1 &&
        dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x ./usr/bin/promtool 2>/dev/null; then
        install -m 755 usr/bin/promtool "$OLDPWD/.venv/bin/promtool"
        exit 0
    fi
done
echo "tests: promtool could not be had; the test that needs it will be skipped"
