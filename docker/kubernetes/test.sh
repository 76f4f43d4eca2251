#!/usr/bin/env bash
# Checks the manifests of this directory against the schemas of Kubernetes, from the npm package kubernetes-models, and
# against the needs of the server. Then it breaks them in many ways, each of which must be detected.
#
# Needs node, npm and Python's yaml; with CI=true it installs what is missing.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

need() {
  "${@:2}" > /dev/null 2>&1 && return
  [ "${CI:-}" = true ] || { echo "test.sh: $1 of Debian is not installed"; exit 1; }
  [ -n "${updated:-}" ] || apt-get update > "$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
  updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1" > "$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
}
python=/usr/bin/python3
need nodejs node --version
need npm npm --version
need python3-yaml $python -c 'import yaml'
# No lock file: it would contain the address of a registry.
(cd test && { npm ls --silent > /dev/null 2>&1 || npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent; })

# usage: sound DIRECTORY
sound() {
  { $python test/rules.py "$1" --objects | node test/schema.js && $python test/rules.py "$1"; } > "$work/out" 2>&1
}
ok() { passed=$((passed + 1)); echo "ok     $1"; }
bad() { failed=$((failed + 1)); echo "FAILED $1"; sed 's/^/         /' "$work/out"; }

if sound .; then ok "the manifests are sound"; else bad "the manifests are sound"; fi

# usage: spoilt "part of the expected message" SED-EXPRESSION
spoilt() {
  rm -rf "$work/spoilt"
  mkdir "$work/spoilt"
  cp -r ./*.yaml example "$work/spoilt"
  sed -i "$2" "$work/spoilt/chat-server.yaml"
  if cmp --quiet chat-server.yaml "$work/spoilt/chat-server.yaml"; then echo "the expression changes nothing" > "$work/out"; bad "$2"
  elif sound "$work/spoilt"; then echo "nothing is noticed" > "$work/out"; bad "$2"
  elif grep -qF -- "$1" "$work/out"; then ok "it is noticed: $2"
  else bad "$2"; fi
}
# Detected by the schema
spoilt "minReadySecond is no field of it" 's/minReadySeconds/minReadySecond/'
spoilt "/spec/replicas is not as type wants" 's/replicas: 3/replicas: three/'
spoilt "is not as enum wants" 's/externalTrafficPolicy: Local/externalTrafficPolicy: local/'
spoilt "missingProperty" 's/topologyKey: topology/topologyKei: topology/'
spoilt "there is no such kind in apps/v1" 's/kind: Service$/kind: Service\napiVersion: apps\/v1/'
spoilt 'apiVersion is "policy/v1beta1"' 's,policy/v1,policy/v1beta1,'
spoilt "periodSecond is no field of it" 's/periodSeconds: 5/periodSecond: 5/'
# Detected by the rules
spoilt "is killed after 10 s" 's/terminationGracePeriodSeconds: 30/terminationGracePeriodSeconds: 10/'
spoilt "does not find the pods" '/^kind: PodDisruptionBudget/,/^---/s/name: chat-server$/name: chat/'
spoilt "livenessProbe asks elsewhere" '/livenessProbe/,/port/s/healthz/readyz/'
spoilt "CHAT_STORAGE is no variable of the server" 's/CHAT_LOG_FORMAT/CHAT_STORAGE/'
spoilt "the user is another than the image's" 's/runAsUser: 65532/runAsUser: 1000/'
spoilt "the root file system can be written to" 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/'
spoilt "metrics are open to everybody" '/^  ingress:/,/port: chat/s/port: chat/port: admin/'
spoilt "variables of services" 's/enableServiceLinks: false/enableServiceLinks: true/'

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
