#!/usr/bin/env bash
# Builds the files of a release, with checksums, in target/release. CONTRIBUTING.md says when.
#
#     docker/release.sh                builds the committed sources, two minutes
#     docker/release.sh --built DIR    uses an existing build, and puts the files into DIR
#
# Recipients check them with: sha256sum --check SHA256SUMS
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
  echo "release.sh: $1" >&2
  exit 1
}

release=target/release
if [ "${1:-}" = --built ]; then
  release=${2:?release.sh: --built wants a directory}
else
  version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
  case $version in *-SNAPSHOT) die "the version is $version, expected one without -SNAPSHOT; see CONTRIBUTING.md" ;; esac
  [ -z "$(git status --porcelain)" ] || die "there are uncommitted changes, expected a clean checkout; see git status"
  rm -rf "$release"
  mvn --batch-mode --quiet clean package -DskipTests
fi

mkdir -p "$release"
cp chat-server/target/chat-server.jar chat-client/target/chat-client.jar chat-client/bin/chat-client \
  docker/systemd/chat-server.* CHANGELOG.md LICENSE "$release"
for program in chat-server chat-client; do
  # CycloneDX takes JLine's "The BSD License" for the one with four clauses; JLine's has three.
  sed 's/"BSD-4-Clause"/"BSD-3-Clause"/' "$program/target/bom.json" > "$release/$program.bom.json"
done
cd "$release"
java -jar chat-server.jar man > chat-server.8
java -jar chat-client.jar man > chat-client.1
rm -f SHA256SUMS
sums=$(sha256sum -- *)
echo "$sums" > SHA256SUMS
