#!/usr/bin/env bash
# Tests the scripts of this directory without a cloud: what they would type is read by gcloud's own parser, what they
# do is done to a fake cloud, and what the VM is told is checked by the programs that will read it.
#
# Needs gcloud, cloud-init, shellcheck and systemd-analyze; with CI=true it installs what is missing.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { passed=$((passed + 1)); echo "ok    $1"; }
bad() {
  failed=$((failed + 1))
  echo "FAILED $1"
  sed 's/^/         /' "$work/out" "$work/err" 2> /dev/null | tail -n 20
}
# usage: expect "sentence" COMMAND..., which must end with 0
expect() { if "${@:2}" > "$work/out" 2> "$work/err"; then ok "$1"; else bad "$1"; fi; }

need() {
  command -v "$1" > /dev/null && return
  [ "${CI:-}" = true ] || { echo "test.sh: $1 is not installed; it is in Debian's package $2"; exit 1; }
  [ -n "${updated:-}" ] || apt-get update > "$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
  updated=yes
  # cloud-init is wanted as a checker; it must not start with this machine.
  mkdir -p /etc/cloud && touch /etc/cloud/cloud-init.disabled
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2" > "$work/apt" 2>&1 \
    || { cat "$work/apt"; exit 1; }
}
need gcloud google-cloud-cli
need cloud-init cloud-init
need shellcheck shellcheck
need systemd-analyze systemd
real_gcloud=$(command -v gcloud)

echo "--- what the VM is told"
export here=$PWD
python=/usr/bin/python3 # Debian's own, which has cloud-init's YAML parser
$python - "$work" <<'PY'
import os, sys, yaml
for file in yaml.safe_load(open("cloud-init.yaml"))["write_files"]:
    path = os.path.join(sys.argv[1], "vm", file["path"].lstrip("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(file["content"])
PY
vm=$work/vm
expect "cloud-init accepts cloud-init.yaml" cloud-init schema --config-file cloud-init.yaml
printf '#cloud-config\nruncmd: {}\nwrite_file: []\n' > "$work/bad.yaml"
if cloud-init schema --config-file "$work/bad.yaml" > "$work/out" 2>&1; then
  bad "cloud-init refuses what is wrong"; else ok "cloud-init refuses what is wrong"; fi

# What the units name must be there for systemd to accept them.
mkdir -p "$vm/bin" "$vm/usr/lib/systemd/system"
cp /bin/true "$vm/bin/bash"
printf '[Service]\nExecStart=/bin/bash\n' > "$vm/etc/systemd/system/docker.service"
for unit in sysinit basic shutdown multi-user network-online; do
  printf '[Unit]\nDescription=%s\n' "$unit" > "$vm/usr/lib/systemd/system/$unit.target"
done
verified() {
  systemd-analyze verify --root="$vm" chat-server.service chat-server-watch.service > "$work/out" 2> "$work/err"
  # What systemd says and goes on is wrong, too.
  [ ! -s "$work/out" ] && [ ! -s "$work/err" ]
}
if verified; then ok "systemd accepts both units, without a warning"; else bad "systemd accepts both units, without a warning"; fi
sed -i 's/^Restart=always/Restart=allways/' "$vm/etc/systemd/system/chat-server.service"
if verified; then bad "systemd says when a unit is wrong"; else ok "systemd says when a unit is wrong"; fi
expect "shellcheck finds nothing in the scripts" \
  shellcheck --external-sources --source-path=../.. deploy.sh update.sh destroy.sh common.sh test.sh test/gcloud test/docker
expect "shellcheck finds nothing in the VM's script" shellcheck "$vm/etc/chat-server/chat.sh"

# The VM's script with another machine around it: metadata, Docker and a firewall that only write down what they hear.
mkdir "$work/bin"
cat > "$work/bin/curl" <<'FAKE'
#!/bin/bash
case "${*: -1}" in
  */chat-image) echo europe-west3-docker.pkg.dev/p/chat-server/server:1 ;;
  */chat-port) echo 4000 ;;
  */chat-memory) echo 512m ;;
  */chat-config) echo 1-2 ;;
  */chat-env) echo CHAT_MAX_CONNECTIONS=5 ;;
  *) exit 22 ;;
esac
FAKE
for command in docker iptables docker-credential-gcr; do
  # shellcheck disable=SC2016
  printf '#!/bin/bash\necho "%s $*" >> "%s"\n[ "%s $1" != "iptables -w" ] || [ "$2" != -C ]\n' \
    "$command" "$work/heard" "$command" > "$work/bin/$command"
done
chmod +x "$work/bin/"*
on_the_vm() { CHAT_STATE=$work/state PATH=$work/bin:$PATH bash "$vm/etc/chat-server/chat.sh" "$1"; }
expect "the VM's script prepares" on_the_vm prepare
expect "it may use the registry of the image" \
  grep -q '^docker-credential-gcr configure-docker --registries=europe-west3-docker.pkg.dev$' "$work/heard"
expect "it opens the port of the metadata" grep -q '^iptables -w -A INPUT -p tcp --dport 4000 -j ACCEPT$' "$work/heard"
expect "it runs" on_the_vm run
expect "the image, on that port, with that memory, and nothing else to write to" \
  grep -qE '^docker run .*--publish 4000:3306 .*--read-only .*--cap-drop ALL .*--memory 512m --memory-swap 512m .*/server:1$' "$work/heard"
expect "with the environment of the metadata" grep -q '^CHAT_MAX_CONNECTIONS=5$' "$work/state/env"
expect "it stops, with time to deliver" on_the_vm stop
expect "as Docker does it" grep -q '^docker stop --time 20 chat-server$' "$work/heard"

echo "--- what gcloud's own parser says to every line"
options=(--project my-project --region europe-west3 --zone europe-west3-c --name chat-server)
echo CHAT_MAX_CONNECTIONS=5000 > "$work/env"
{
  ./deploy.sh "${options[@]}" --machine-type e2-small --port 4000 --memory 512m --env-file "$work/env" --dry-run
  ./deploy.sh --project my-project --image registry.example/x/server:1 --dry-run
  ./update.sh "${options[@]}" --dry-run
  ./destroy.sh "${options[@]}" --dry-run 2> /dev/null
  # Only asked for when there is something already
  echo "gcloud compute firewall-rules describe chat-server --format=value\(allowed\[0\].ports\[0\]\) --project=p"
  echo "gcloud compute firewall-rules update chat-server --allow=tcp:4000 --project=p"
  echo "gcloud compute instances add-metadata chat-server --zone=europe-west3-c --metadata=chat-image=x,chat-config=y --metadata-from-file=user-data=cloud-init.yaml --project=p"
} > "$work/printed"
export CLOUDSDK_CONFIG=$work/gcloud CLOUDSDK_CORE_DISABLE_PROMPTS=1
parses() {
  local code=0
  eval "${1/#gcloud/\"$real_gcloud\"}" > "$work/out" 2> "$work/err" < /dev/null || code=$?
  # 1: it was understood, and nobody is logged in; 2: it was not
  [ "$code" = 1 ] && grep -qE "do not currently have an active account|NoActiveAccount" "$work/err"
}
grep '^gcloud' "$work/printed" | sort -u > "$work/lines"
while read -r line; do
  # This one needs no account: it edits a file.
  case $line in "gcloud auth configure-docker "*) continue ;; esac
  if parses "$line"; then ok "${line:0:90}"; else bad "$line"; fi
done < "$work/lines"
if parses "gcloud compute instances create x --shielded-nonsense --project=p"; then
  bad "gcloud refuses a wrong flag"; else ok "gcloud refuses a wrong flag"; fi
unset CLOUDSDK_CONFIG

echo "--- what they do to a cloud"
export PATH=$PWD/test:$PATH FAKE=$work/cloud CHAT_DEPLOY_PAUSE=0 CHAT_DEPLOY_TRIES=2
clean() { rm -rf "$FAKE"; mkdir -p "$FAKE"; echo aaaaaaaaaaaa > "$FAKE/image"; }
changes() { grep -cE ' (create|delete|update|enable|add-metadata|push|tag|[a-z-]*policy-binding|configure-docker) ' "$FAKE/calls" || true; }
calls() { grep -qF -- "$1" "$FAKE/calls"; }
exits() { # usage: exits CODE "part of its words" COMMAND...
  local code=0
  "${@:3}" > "$work/out" 2> "$work/err" < /dev/null || code=$?
  [ "$code" = "$1" ] && grep -qF -- "$2" "$work/out" "$work/err"
}
check() { if "${@:2}"; then ok "$1"; else bad "$1"; fi; }
equal() { [ "$1" = "$2" ] || { echo "$1 is not $2" > "$work/out"; return 1; }; }

clean
check "deploy.sh ends with the line to type" exits 0 "java -jar chat-client.jar 192.0.2.7" ./deploy.sh "${options[@]}"
check "the address is reserved before the VM is made" \
  test "$(grep -n 'addresses create' "$FAKE/calls" | cut -d: -f1)" -lt "$(grep -n 'instances create' "$FAKE/calls" | cut -d: -f1)"
check "the VM gets that address" calls "address=192.0.2.7"
check "it may read images, in its own registry only" calls "artifacts repositories add-iam-policy-binding chat-server"
check "and has two rights in all" equal "$(grep -c 'add-iam-policy-binding' "$FAKE/calls")" 2
check "the firewall opens one port, to this VM only" \
  grep -qE 'firewall-rules create .*--allow=tcp:3306 .*--target-service-accounts=chat-server@' "$FAKE/calls"
check "the VM is shielded" \
  grep -qE 'instances create .*--shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring' "$FAKE/calls"
: > "$FAKE/calls"
check "a second run ends the same" exits 0 "java -jar chat-client.jar 192.0.2.7" ./deploy.sh "${options[@]}"
grep -v '^docker build' "$FAKE/calls" > "$work/out" || true
check "and changes nothing" equal "$(changes)" 0
: > "$FAKE/calls"
check "another port is another line to type" exits 0 "chat-client.jar 192.0.2.7:4000" ./deploy.sh "${options[@]}" --port 4000
check "and changes the firewall and the VM, nothing else" equal "$(changes)" 2

: > "$FAKE/calls"; echo bbbbbbbbbbbb > "$FAKE/image"
check "update.sh pushes and tells the VM" exits 0 "runs europe-west3-docker.pkg.dev/my-project/chat-server/server:bbbbbbbbbbbb" ./update.sh "${options[@]}"
check "which keeps its port" grep -q '^chat-port=4000' "$FAKE/metadata"
check "it says how to go back" grep -q -- "--image europe-west3-docker.pkg.dev/my-project/chat-server/server:aaaaaaaaaaaa" "$work/err"
: > "$FAKE/calls"
check "a second update.sh" exits 0 "runs this image already" ./update.sh "${options[@]}"
check "changes nothing" equal "$(changes)" 0
echo cccccccccccc > "$FAKE/image"
check "update.sh says when the new image does not start" \
  exits 1 "does not run it yet" env FAKE_HEALTH=starting ./update.sh "${options[@]}"

# Whatever fails, the next run goes on from there.
for step in "services enable" "repositories create" "addresses create" "service-accounts create" \
  "repositories add-iam" "projects add-iam" "firewall-rules create" "instances create" "instances list"; do
  clean
  check "deploy.sh stops when this fails: $step" \
    exits 1 "run the same command again" env FAKE_FAILS="$step" ./deploy.sh "${options[@]}"
  check "  and had not gone on" bash -c "! grep -A99 -- '$step' '$FAKE/calls' | grep -v -- '$step' | grep -q ."
  check "  and the next run ends well" exits 0 "java -jar chat-client.jar" ./deploy.sh "${options[@]}"
  check "  without doing anything twice" bash -c "! grep -E ' create ' '$FAKE/calls' | sort | uniq -d | grep -v -- '$step' | grep -q ."
done

: > "$FAKE/calls"
check "destroy.sh asks, and stops when nobody answers" exits 2 "--yes" ./destroy.sh "${options[@]}"
check "it lists first what there is" grep -q "the address 192.0.2.7" "$work/err"
check "and touches nothing" equal "$(changes)" 0
export CHAT_DEPLOY_ANSWER_FROM_PIPE=yes
check "another answer than the name is a no" bash -c "echo y | ./destroy.sh ${options[*]} > '$work/out' 2> '$work/err'; [ \$? = 1 ]"
check "and touches nothing either" equal "$(changes)" 0
check "the name is a yes" bash -c "echo chat-server | FAKE_FAILS='addresses delete' ./destroy.sh ${options[*]} > '$work/out' 2> '$work/err'; [ \$? = 1 ] && grep -q 'run the same command again' '$work/err'"
check "after a failure half way it lists only what is left" bash -c "./destroy.sh ${options[*]} --yes > '$work/out' 2> '$work/err' && ! grep -q 'the VM' '$work/err' && grep -q 'the address' '$work/err'"
check "then nothing is left but the APIs" equal "$(cd "$FAKE" && echo *)" "calls image services"
check "a third destroy.sh has nothing to do" exits 0 "there is nothing of chat-server" ./destroy.sh "${options[@]}"

echo "--- what they say to a wrong command line"
check "no project" exits 2 "--project is missing" ./deploy.sh
check "an unknown option" exits 2 '"--prot" is not an option' ./deploy.sh --prot 3
check "an option of another script" exits 2 '"--port" is not an option' ./update.sh --project p --port 3
check "no value" exits 2 "--port needs a value" ./deploy.sh --project p --port
check "not a port" exits 2 '--port is "0", expected' ./deploy.sh --project p --port 0
check "a zone of another region" exits 2 '--zone is "us-east1-b"' ./deploy.sh --project p --zone us-east1-b
check "help" exits 0 "usage: destroy.sh" ./destroy.sh --help
check "no VM to update" exits 1 "there is no VM chat-server" ./update.sh "${options[@]}"

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
