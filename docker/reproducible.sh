#!/usr/bin/env bash
# Builds twice, in two copies of the checkout, and compares the bytes: the same sources and the same JDK must give the same.
# Two to five minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for n in one two; do
  mkdir "$work/$n"
  # Committed files and new ones
  git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c | tar -C "$work/$n" -x
  (
    cd "$work/$n"
    mvn --batch-mode --quiet package -DskipTests
    sha256sum -- */target/*.jar */target/bom.json > ../"$n.sums"
  )
done
cat "$work/one.sums"
if ! diff "$work/one.sums" "$work/two.sums"; then
  echo "reproducible.sh: the two builds differ, expected the same bytes" >&2
  exit 1
fi
echo "the two builds are the same"
