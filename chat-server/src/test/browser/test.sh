#!/usr/bin/env bash
# Uses the page as people do: in Debian's Chromium and Firefox, beside a terminal, the programs of the seed and curl.
#
#     mvn -q package -DskipTests && chat-server/src/test/browser/test.sh
#     chat-server/src/test/browser/test.sh --pictures    # the same, and the pictures in docs/images are made anew
#     chat-server/src/test/browser/test.sh NAME...       # only NAME.test.js
#
# Installs what is missing of chromium, firefox-esr, nodejs, npm, tmux, curl and python3 when it is root, and the two
# modules of package.json. It never skips: what cannot be tested has failed. What a failed test has seen stands in
# chat-server/target/browser.
set -euo pipefail
cd "$(dirname "$0")"

root=$(cd ../../../.. && pwd)
fail() { echo "test.sh: $1" >&2; exit 1; }

for jar in chat-server chat-client; do
  [ -f "$root/$jar/target/$jar.jar" ] || fail "$jar.jar is missing; 'mvn package' makes it"
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
  [ "$(id -u)" = 0 ] || fail "not installed: ${missing[*]}, which are packages of Debian"
  apt-get update > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" > /dev/null
fi

# No lock file: it would hold the address of a registry. The versions are exact, and the modules have no others.
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
