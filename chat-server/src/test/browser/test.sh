#!/usr/bin/env bash
# Tests the page in Debian's Chromium and Firefox, together with a terminal, the programs of the seed and curl.
#
#     mvn -q package -DskipTests && chat-server/src/test/browser/test.sh
#     chat-server/src/test/browser/test.sh --pictures    # also renews the pictures in docs/images
#     chat-server/src/test/browser/test.sh NAME...       # only NAME.test.js
#
# If run as root, installs missing packages: chromium, firefox-esr, nodejs, npm, tmux, curl, python3. Also installs the two
# modules of package.json. It never skips a test: what cannot be tested has failed. Screenshots and texts of failed tests
# are in chat-server/target/browser.
set -euo pipefail
cd "$(dirname "$0")"

root=$(cd ../../../.. && pwd)
fail() { echo "test.sh: $1" >&2; exit 1; }

for jar in chat-server chat-client; do
  [ -f "$root/$jar/target/$jar.jar" ] || fail "$jar.jar is missing: run 'mvn package'"
done

missing=()
need() { command -v "$1" > /dev/null || missing+=("$2"); }
need chromium chromium
need firefox-esr firefox-esr
need node nodejs
need npm npm
need tmux tmux
need curl curl
need python3 python3
if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || fail "Debian packages are missing: ${missing[*]}"
  apt-get update > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" > /dev/null
fi

# No lock file: it would contain the address of a registry. The versions are exact, and the modules have no dependencies.
if ! npm ls --silent > /dev/null 2>&1; then
  npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent
fi

if [ "${1:-}" = --pictures ]; then
  export PICTURES=keep
  shift
fi
if [ $# -gt 0 ]; then
  tests=()
  for name in "$@"; do
    [ -f "$name.test.js" ] || fail "there is no $name.test.js"
    tests+=("$name.test.js")
  done
  exec node --test --test-reporter=spec "${tests[@]}"
fi
node --test --test-reporter=spec model/*.test.js
node --test --test-reporter=spec all.js
