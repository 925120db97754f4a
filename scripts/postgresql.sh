#!/usr/bin/env bash
# Sees to it that the server programs of PostgreSQL are there for the tests, where that can be done unasked: as root on
# Debian or Ubuntu. Starts nothing and makes no cluster. Elsewhere the tests that need a server say that they are skipped.
set -euo pipefail

if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi

echo "tests: installing postgresql (its server programs; no cluster is made)"
policy=/etc/postgresql-common/createcluster.conf
if [ ! -e "$policy" ]; then
    mkdir -p "$(dirname "$policy")"
    echo 'create_main_cluster = false' >"$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1 || true
# dpkg keeps the policy file that is already there instead of asking.
if ! apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >/dev/null 2>&1; then
    echo "tests: postgresql could not be installed; the tests that need it will be skipped"
fi
