#!/usr/bin/env bash
# Builds the tenant portal's page, or checks it: `page.sh build`, `page.sh check`, `page.sh packages`, `page.sh npm …`.
# Takes the machine's node where it is new enough; otherwise one from the package index, kept in .venv.
# Installs what package-lock.json names when that has changed. Nothing else is installed on the machine.
set -euo pipefail
cd "$(dirname "$0")/.."

page=addon_portal/apps/tenant-portal
venv=$PWD/.venv
say() { printf '%s\n' "$*" >&2; }
fail() { say "page: $*"; exit 1; }

is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

provide_node() {
    if command -v npm >/dev/null && is_new_enough node; then return; fi
    PATH="$venv/node/bin:$PATH"
    if [ -x "$venv/node/bin/npm" ] && is_new_enough node; then return; fi
    [ -x "$venv/bin/python" ] || fail "make .venv first: make setup"
    say "page: no node of at least 20.19 on this machine; taking one from the package index into .venv"
    rm -rf "$venv/node"
    "$venv/bin/python" -m venv --without-pip "$venv/node"
    run_pip --python "$venv/node/bin/python" install --quiet --require-hashes --requirement requirements/node.txt
}

# An environment that was made without pip gets along with that of its interpreter, as in setup.sh.
run_pip() {
    local python=$venv/bin/python
    "$python" -m pip --version >/dev/null 2>&1 || python=$("$python" -c 'import sys; print(sys._base_executable)')
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore "$python" -m pip "$@" >&2 ||
        fail "pip could not install node"
}

# npm ends where it cannot write its cache: a service's user may have no home, or one that is read-only.
provide_cache() {
    local cache
    cache=$(npm config get cache 2>/dev/null) && mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] && return
    export npm_config_cache=$venv/npm
}

# Building needs a small part of what checking needs; whoever only starts the portal waits for no more.
install_packages() { # build or all
    local stamp=$page/node_modules/.installed lock options=()
    lock=$(sha256sum "$page/package-lock.json" | cut -c 1-64)
    if grep -qsx "\(all\|$1\) $lock" "$stamp"; then return; fi
    if [ "$1" = build ]; then options=(--omit=dev); fi
    provide_cache
    say "page: installing what package-lock.json names"
    (cd "$page" && npm ci --no-audit --no-fund --loglevel=error "${options[@]}" >/dev/null) || fail "npm could not install what is needed"
    echo "$1 $lock" >"$stamp"
}

task=${1:?build, check, packages or npm}
provide_node
install_packages "$([ "$task" = build ] && echo build || echo all)"
cd "$page"
case $task in
build)
    npm run --silent build
    touch dist/.built
    ;;
check) npm run --silent check ;;
packages) ;; # are there now
npm) shift && npm "$@" ;;
*) fail "build, check, packages or npm" ;;
esac
