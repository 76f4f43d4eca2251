#!/usr/bin/env bash
# Tests the scripts of this directory without a cloud: gcloud's own parser checks the commands, a fake cloud carries them
# out, and the programs that will read the VM's configuration check it.
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
# usage: expect "description" COMMAND..., which must exit with 0
equals() { [ "$(cat "$1" 2> /dev/null)" = "$2" ]; }
equal() { [ "$1" = "$2" ] || { echo "$1 is not $2" > "$work/out"; return 1; }; }
expect() { if "${@:2}" > "$work/out" 2> "$work/err"; then ok "$1"; else bad "$1"; fi; }

need() {
  command -v "$1" > /dev/null && return
  [ "${CI:-}" = true ] || { echo "test.sh: $1 is not installed; it is in Debian's package $2"; exit 1; }
  [ -n "${updated:-}" ] || apt-get update > "$work/apt" 2>&1 || { cat "$work/apt"; exit 1; }
  updated=yes
  # cloud-init is needed only as a checker; it must not start with this machine.
  mkdir -p /etc/cloud && touch /etc/cloud/cloud-init.disabled
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2" > "$work/apt" 2>&1 \
    || { cat "$work/apt"; exit 1; }
}
need gcloud google-cloud-cli
need cloud-init cloud-init
need shellcheck shellcheck
need systemd-analyze systemd
need mkfs.ext4 e2fsprogs
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

# The files that the units name must exist for systemd to accept them.
mkdir -p "$vm/bin" "$vm/usr/lib/systemd/system"
cp /bin/true "$vm/bin/bash"
printf '[Service]\nExecStart=/bin/bash\n' > "$vm/etc/systemd/system/docker.service"
for unit in sysinit basic shutdown multi-user network-online; do
  printf '[Unit]\nDescription=%s\n' "$unit" > "$vm/usr/lib/systemd/system/$unit.target"
done
verified() {
  systemd-analyze verify --root="$vm" chat-server.service chat-server-watch.service > "$work/out" 2> "$work/err"
  # Warnings of systemd count as errors, too.
  [ ! -s "$work/out" ] && [ ! -s "$work/err" ]
}
if verified; then ok "systemd accepts both units, without a warning"; else bad "systemd accepts both units, without a warning"; fi
sed -i 's/^Restart=always/Restart=allways/' "$vm/etc/systemd/system/chat-server.service"
if verified; then bad "systemd says when a unit is wrong"; else ok "systemd says when a unit is wrong"; fi
expect "shellcheck finds nothing in the scripts" \
  shellcheck --external-sources --source-path=../.. deploy.sh update.sh restore.sh destroy.sh common.sh group.sh test.sh test/gcloud test/docker
expect "shellcheck finds nothing in the VM's script" shellcheck "$vm/etc/chat-server/chat.sh"

# Runs the VM's script with fakes of the metadata server, Docker and the firewall, which only record their calls.
mkdir "$work/bin"
cat > "$work/bin/curl" <<'FAKE'
#!/bin/bash
# Answers a query for an attribute with the file of that name in $ATTRIBUTES, or with 404. A query for $CURL_FAILS gets no
# answer, and one for the name in $CURL_STATUS ("NAME CODE") gets that status.
attribute=${*: -1}
attribute=${attribute##*/}
output=/dev/null
while [ $# -gt 0 ]; do
  if [ "$1" = --output ]; then output=$2; fi
  shift
done
# The token of the VM's account, and the secret that it gives access to
case $attribute in
  token) echo '{"access_token":"a-token","expires_in":3599,"token_type":"Bearer"}'; exit ;;
  latest:access)
    grep -q '^header = "Authorization: Bearer a-token"$' || exit 22
    [ -f "$ATTRIBUTES/secret" ] || { echo "curl: (22) 403" >&2; exit 22; }
    printf '{\n  "name": "projects/1/secrets/x/versions/1",\n  "payload": {\n    "data": "%s",\n    "dataCrc32c": "1"\n  }\n}\n' "$(base64 --wrap=0 "$ATTRIBUTES/secret")"
    exit
    ;;
esac
if [ "$attribute" = "${CURL_FAILS:-}" ]; then echo "curl: (28) timed out" >&2; exit 28; fi
case "${CURL_STATUS:-}" in "$attribute "*) : > "$output"; printf %s "${CURL_STATUS#* }"; exit ;; esac
if [ -f "$ATTRIBUTES/$attribute" ]; then cat "$ATTRIBUTES/$attribute" > "$output"; printf 200; else printf 404; fi
FAKE
export ATTRIBUTES=$work/attributes
metadata() { rm -rf "$ATTRIBUTES"; mkdir "$ATTRIBUTES"; while [ $# -gt 0 ]; do printf %s "$2" > "$ATTRIBUTES/$1"; shift 2; done; }
usual=(chat-image europe-west3-docker.pkg.dev/p/chat-server/server:1 chat-port 4000 chat-memory 512m chat-config 1-2
  chat-env CHAT_MAX_CONNECTIONS=5 chat-env-id 0123456789ab)
metadata "${usual[@]}"
for command in docker iptables docker-credential-gcr; do
  # shellcheck disable=SC2016
  printf '#!/bin/bash\necho "%s $*" >> "%s"\n[ "%s $1" != "iptables -w" ] || [ "$2" != -C ] || exit 1\n[[ "%s $*" != ${NO_IMAGE:-nothing}* ]]\n' \
    "$command" "$work/heard" "$command" "$command" > "$work/bin/$command"
done
# The disk is a file with a real file system in it. Mounting needs more rights than a test should have, so it is only
# recorded, and the mount point is a file, too.
disk=$work/disk
# shellcheck disable=SC2016
printf '#!/bin/bash\necho "mount $*" >> "%s"\ntouch "%s"\n' "$work/heard" "$work/mounted" > "$work/bin/mount"
printf '#!/bin/bash\n[ -f "%s" ]\n' "$work/mounted" > "$work/bin/mountpoint"
printf '#!/bin/bash\nmkdir -p "%s"\n' "$work/mnt/chat-server" > "$work/bin/install"
chmod +x "$work/bin/"*
on_the_vm() {
  CHAT_STATE=$work/state CHAT_MOUNT=$work/mnt CHAT_DEVICE=$disk PATH=$work/bin:$PATH "${@:2}" bash "$vm/etc/chat-server/chat.sh" "$1"
}
said_without() { ! on_the_vm prepare 2> "$work/said" && grep -q "$1" "$work/said" && [ ! -e "$work/heard" ]; }
expect "without its disk it does not start" \
  said_without "the disk chat-data is not attached"
truncate --size=64M "$disk"
expect "the VM's script prepares" on_the_vm prepare
expect "it may use the registry of the image" \
  grep -q '^docker-credential-gcr configure-docker --registries=europe-west3-docker.pkg.dev$' "$work/heard"
expect "it opens the port of the metadata" grep -q '^iptables -w -A INPUT -p tcp --dport 4000 -j ACCEPT$' "$work/heard"
expect "it runs" on_the_vm run
expect "the image, on that port, with that memory, and nothing else to write to" \
  grep -qE '^docker run .*--read-only .*--cap-drop ALL .*--memory 512m --memory-swap 512m .*--publish 4000:3306 .*/server:1$' "$work/heard"
expect "with the disk's directory as /data" \
  grep -qF -- "--mount type=bind,source=$work/mnt/chat-server,target=/data " "$work/heard"
expect "the new disk has a file system" equal "$(blkid --probe --match-tag TYPE --output value "$disk")" ext4
expect "nothing on it is a program or a device" grep -qE "^mount -o nosuid,nodev,noexec,\S* $disk $work/mnt$" "$work/heard"
identity=$(blkid --probe --match-tag UUID --output value "$disk")
rm "$work/mounted"
truncate --size=96M "$disk"
expect "at the next boot it is mounted again" on_the_vm prepare
expect "and is not formatted again" equal "$(blkid --probe --match-tag UUID --output value "$disk")" "$identity"
expect "but as large as the disk has become" equal "$(dumpe2fs -h "$disk" 2> /dev/null | awk '/^Block count/ {b=$3} /^Block size/ {print b*$3}')" $((96 * 1024 * 1024))
expect "with the environment of the metadata" grep -q '^CHAT_MAX_CONNECTIONS=5$' "$work/state/env"
expect "and says then what it runs" equals "$work/state/config" 1-2
# usage: refuses "part of the message": the script must fail, start nothing, and not count as done
refuses() {
  : > "$work/heard"
  ! on_the_vm prepare 2> "$work/said" && grep -qF -- "$1" "$work/said" && [ ! -s "$work/heard" ] \
    && equals "$work/state/config" 1-2
}
metadata "${usual[@]}" chat-config 3-4
for attribute in chat-config chat-image chat-port chat-memory chat-env-id chat-env; do
  export CURL_FAILS=$attribute
  expect "it does not start without an answer for $attribute" refuses "does not answer when asked for $attribute"
  unset CURL_FAILS
  export CURL_STATUS="$attribute 503"
  expect "nor with 503 for it" refuses "answers 503 when asked for $attribute"
  export CURL_STATUS="$attribute 200"
  [ "$attribute" = chat-env-id ] || expect "nor with nothing in it" refuses " "
  unset CURL_STATUS
done
for attribute in chat-config chat-image chat-port chat-memory; do
  rm "$ATTRIBUTES/$attribute"
  expect "nor when there is no $attribute" refuses "the VM has no $attribute"
  metadata "${usual[@]}" chat-config 3-4
done
rm "$ATTRIBUTES/chat-env"
expect "nor when the environment is missing that was to come" refuses "the environment 0123456789ab has not come"
metadata "${usual[@]}" chat-config 3-4 chat-memory 0m
expect "nor with no memory" refuses 'chat-memory is "0m"'
# A disk that is not as deploy.sh created it is left alone, whatever its content.
metadata "${usual[@]}" chat-config 3-4
spoilt() { # usage: spoilt "how" "part of its words" COMMAND..., which spoils the copy $disk
  local kept
  cp --sparse=always "$work/disk" "$work/spoilt"
  disk=$work/spoilt
  "${@:3}" > /dev/null 2>&1
  kept=$(sha256sum < "$disk")
  rm -f "$work/mounted"
  expect "it does not start on $1" refuses "$2"
  expect "and changes nothing of it" equal "$(sha256sum < "$disk")" "$kept"
  disk=$work/disk
}
spoilt "a disk whose superblock is gone" "something on it that is not its file system" \
  dd if=/dev/zero of="$work/spoilt" bs=1024 count=8 conv=notrunc
spoilt "a disk with a partition table" "something on it that is not its file system" \
  bash -c "truncate --size=0 $work/spoilt && truncate --size=64M $work/spoilt && echo start=2048 | sfdisk $work/spoilt"
spoilt "a disk with another file system" "something on it that is not its file system" \
  bash -c "truncate --size=0 $work/spoilt && truncate --size=64M $work/spoilt && mkswap $work/spoilt"
cp --sparse=always "$work/disk" "$work/spoilt"
printf 'clri <2>\nset_super_value state 2\n' | debugfs -w -f - "$work/spoilt" > /dev/null 2>&1
disk=$work/spoilt
rm -f "$work/mounted"
expect "nor on a file system that cannot be mended without asking" refuses "is damaged; restore.sh puts"
disk=$work/disk
could_not_pull() { rm -f "$work/mounted"; ! on_the_vm prepare env NO_IMAGE='docker [ip]' && grep -q '^docker pull' "$work/heard"; }
expect "it does not say that it runs what it could not pull" \
  could_not_pull
expect "but what it ran before" equals "$work/state/config" 1-2
expect "with answers it starts" on_the_vm prepare
expect "and says so" equals "$work/state/config" 3-4
metadata "${usual[@]}" chat-config 5-6-20261126 chat-env-id none chat-env ""
: > "$work/heard"
touch "$work/mnt/chat-server/log.db" "$work/mnt/chat-server/log.db.damaged-1"
expect "it starts on the disk of a snapshot" on_the_vm prepare
expect "whose log becomes another one" grep -qE "^docker run .*target=/data .*--rm .*/server:1 repair /data$" "$work/heard"
: > "$work/heard"
expect "and is there once" equal "$(ls "$work/mnt/chat-server")" log.db
expect "it starts again" on_the_vm prepare
expect "and leaves the log as it is" bash -c "! grep -q repair '$work/heard'"
metadata "${usual[@]}" chat-config 5-6 chat-env-id none chat-env ""
expect "it starts without an environment when there is to be none" on_the_vm prepare
expect "which is empty then" equals "$work/state/env" ""
rm "$ATTRIBUTES/chat-env" "$ATTRIBUTES/chat-env-id"
expect "as on a VM that has never been given one" on_the_vm prepare

url='postgresql://chat:s3cret@10.1.2.3/chat?sslmode=verify-full&sslrootcert=/store-ca.pem'
stored=("${usual[@]}" chat-store projects/my-project/secrets/chat-store secret "$url" chat-store-ca-id 0123456789ab
  chat-store-ca "-----BEGIN CERTIFICATE-----")
metadata "${stored[@]}"
rm -f "$work/mounted"
expect "with a database it starts without its disk" on_the_vm prepare
expect "which it leaves alone" test ! -e "$work/mounted"
expect "the server learns of the database, beside its environment" \
  equals "$work/state/env" $'CHAT_MAX_CONNECTIONS=5\nCHAT_STORE='"$url"$'\nCHAT_DATA=off'
expect "and nobody else does" equal "$(stat --format=%a "$work/state/env")" 600
expect "nor is it in a command line" bash -c "! grep -q s3cret '$work/heard'"
: > "$work/heard"
expect "it runs" on_the_vm run
expect "with the certificate, and no other place to write to" \
  bash -c "grep -qF -- '--volume $work/state/store-ca.pem:/store-ca.pem:ro' '$work/heard' && ! grep -q target=/data '$work/heard'"
for wrong in "a@b" "mysql://x@y/z" $'postgresql://x@y/z\nCHAT_TLS_ONLY=false'; do
  metadata "${stored[@]}" chat-config 1-2 secret "$wrong"
  expect "not with the secret ${wrong%%$'\n'*}" refuses "the secret projects/my-project/secrets/chat-store is no URL"
done
metadata "${stored[@]}" chat-config 1-2
rm "$ATTRIBUTES/secret"
expect "nor with none" refuses "the secret projects/my-project/secrets/chat-store cannot be read"
metadata "${stored[@]}" chat-config 1-2 chat-store ../../x
expect "nor with what is none" refuses 'chat-store is "../../x"'
metadata "${stored[@]}" chat-config 1-2
rm "$ATTRIBUTES/chat-store-ca"
expect "nor without the certificate that was to come" refuses "the certificate 0123456789ab has not come"
metadata "${usual[@]}"
expect "without a database it has its disk again" on_the_vm prepare
expect "which is mounted" test -e "$work/mounted"
metadata "${usual[@]}" chat-image evilgcr.io/x:1
: > "$work/heard"
expect "another's registry" on_the_vm prepare
expect "gets no credentials of Google's" bash -c "! grep -q credential '$work/heard'"
expect "it stops, with time to deliver" on_the_vm stop
expect "as Docker does it" grep -q '^docker stop --time 20 chat-server$' "$work/heard"

echo "--- what gcloud's own parser says to every line"
options=(--project my-project --region europe-west3 --zone europe-west3-c --name chat-server)
echo CHAT_MAX_CONNECTIONS=5000 > "$work/env"
echo "-----BEGIN CERTIFICATE-----" > "$work/ca.pem"
{
  ./deploy.sh "${options[@]}" --machine-type e2-small --port 4000 --memory 512m --env-file "$work/env" --dry-run
  ./deploy.sh --project my-project --image registry.example/x/server:1 --dry-run
  ./deploy.sh "${options[@]}" --store chat-store --store-ca "$work/ca.pem" --dry-run
  ./deploy.sh "${options[@]}" --store chat-store --servers 3 --dry-run
  ./update.sh "${options[@]}" --dry-run
  ./destroy.sh "${options[@]}" --dry-run 2> /dev/null
  ./destroy.sh "${options[@]}" --delete-data --dry-run 2> /dev/null
  ./restore.sh "${options[@]}" --dry-run
  ./restore.sh "${options[@]}" --snapshot chat-server-data-1 --dry-run 2> /dev/null
  # Needed only if resources exist already
  echo "gcloud compute firewall-rules describe chat-server --format=value\(allowed\[0\].ports\[0\]\) --project=p"
  echo "gcloud compute instance-groups managed resize chat-server --region=europe-west3 --size=4 --project=p"
  echo "gcloud compute instance-groups managed rolling-action start-update chat-server --region=europe-west3 --version=template=x --max-surge=3 --max-unavailable=0 --project=p"
  echo "gcloud compute instance-groups managed describe chat-server --region=europe-west3 --format=value\(targetSize\) --project=p"
  echo "gcloud compute instance-templates describe x --flatten='properties.metadata.items[]' --format='value(properties.metadata.items.key)' --project=p"
  echo "gcloud compute instances remove-metadata chat-server --zone=europe-west3-c --keys=chat-store --project=p"
  # The commands of docs/operating.md for several servers
  sed -n '/^## Several servers/,/^## Somebody/p' ../../docs/operating.md | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' \
    | sed -nE 's/^    (.*[( ])?(gcloud [^|>]*[^|> ]).*/\2/p' | sed -e 's/")$/"/' -e 's/$/ --project=p/' > "$work/told"
  cat "$work/told"
  echo "gcloud compute firewall-rules update chat-server --allow=tcp:4000 --project=p"
  echo "gcloud compute disks resize chat-server-data --zone=europe-west3-c --size=20GB --quiet --project=p"
  echo "gcloud compute disks create chat-server-data --zone=europe-west3-c --type=pd-balanced --source-snapshot=x --size=20GB --project=p"
  echo "gcloud compute instances describe chat-server --zone=europe-west3-c --format=value\(disks[].deviceName\) --project=p"
  echo "gcloud compute instances add-metadata chat-server --zone=europe-west3-c --metadata=chat-image=x,chat-config=y --metadata-from-file=user-data=cloud-init.yaml --project=p"
} > "$work/printed"
expect "docs/operating.md creates a database, a user and a secret" \
  bash -c "grep -q 'sql instances create' '$work/told' && grep -q 'sql users set-password' '$work/told' && grep -q 'secrets create' '$work/told'"
export CLOUDSDK_CONFIG=$work/gcloud CLOUDSDK_CORE_DISABLE_PROMPTS=1
parses() {
  local code=0
  eval "${1/#gcloud/\"$real_gcloud\"}" > "$work/out" 2> "$work/err" < /dev/null || code=$?
  # 1: parsed, but nobody is logged in; 2: not parsed
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
changes() { grep -cE ' (create|delete|update|enable|resize|stop|start|attach-disk|detach-disk|add-metadata|remove-metadata|resize|start-update|add-backend|push|tag|[a-z-]*policy-binding|configure-docker) ' "$FAKE/calls" || true; }
calls() { grep -qF -- "$1" "$FAKE/calls"; }
exits() { # usage: exits CODE "part of its words" COMMAND...
  local code=0
  "${@:3}" > "$work/out" 2> "$work/err" < /dev/null || code=$?
  [ "$code" = "$1" ] && grep -qF -- "$2" "$work/out" "$work/err"
}
check() { if "${@:2}"; then ok "$1"; else bad "$1"; fi; }

clean
check "deploy.sh ends with the line to type" exits 0 "java -jar chat-client.jar 192.0.2.7" ./deploy.sh "${options[@]}"
check "the address is reserved before the VM is made" \
  test "$(grep -n 'addresses create' "$FAKE/calls" | cut -d: -f1)" -lt "$(grep -n 'instances create' "$FAKE/calls" | cut -d: -f1)"
check "the VM gets that address" calls "address=192.0.2.7"
check "it may read images, in its own registry only" calls "artifacts repositories add-iam-policy-binding chat-server"
check "and has two rights in all" equal "$(grep -c 'add-iam-policy-binding' "$FAKE/calls")" 2
check "the firewall opens one port, to this VM only" \
  grep -qE 'firewall-rules create .*--allow=tcp:3306 .*--target-service-accounts=chat-server@' "$FAKE/calls"
check "the messages are on a disk of their own, which is not deleted with the VM" \
  grep -qE 'instances create .*--disk=name=chat-server-data,device-name=chat-data,mode=rw,boot=no,auto-delete=no ' "$FAKE/calls"
check "of which a snapshot is taken each night" \
  bash -c "grep -q 'resource-policies create snapshot-schedule chat-server-data .*--daily-schedule .*--on-source-disk-delete=keep-auto-snapshots' '$FAKE/calls' && grep -q 'disks create chat-server-data .*--resource-policies=chat-server-data' '$FAKE/calls'"
check "the VM is shielded" \
  grep -qE 'instances create .*--shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring' "$FAKE/calls"
: > "$FAKE/calls"
check "a second run ends the same" exits 0 "java -jar chat-client.jar 192.0.2.7" ./deploy.sh "${options[@]}"
grep -v '^docker build' "$FAKE/calls" > "$work/out" || true
check "and changes nothing" equal "$(changes)" 0
: > "$FAKE/calls"
check "another port is another line to type" exits 0 "chat-client.jar 192.0.2.7:4000" ./deploy.sh "${options[@]}" --port 4000
check "and changes the firewall and the VM, nothing else" equal "$(changes)" 2

echo CHAT_TLS_ONLY=true > "$work/env"
: > "$FAKE/calls"
check "an environment is given to the VM" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}" --env-file "$work/env" --memory 512m
check "with its id, the port as it was" grep -qE "add-metadata .*chat-port=4000,chat-memory=512m,.*chat-env-id=[0-9a-f]{12} .*chat-env=$work/env" "$FAKE/calls"
: > "$FAKE/calls"
check "a run that says nothing about it" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}"
check "leaves environment, port and memory as they are" equal "$(changes)" 0
check "memory alone" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}" --memory 256m
check "changes nothing else" bash -c "! grep -q 'chat-env=' '$FAKE/calls' && grep -qE '^chat-env-id=[0-9a-f]{12}$' '$FAKE/metadata'"
: > "$FAKE/calls"
check "no environment must be asked for" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}" --env-file /dev/null
check "and the VM knows" bash -c "grep -q 'chat-env=/dev/null' '$FAKE/calls' && grep -q '^chat-env-id=none$' '$FAKE/metadata'"

mv "$FAKE/address" "$FAKE/kept"
check "no VM is made before its address is known" exits 1 "run the same command again" \
  env FAKE_FORGETS=address ./deploy.sh "${options[@]}"
mv "$FAKE/kept" "$FAKE/address"

: > "$FAKE/calls"; echo bbbbbbbbbbbb > "$FAKE/image"
check "update.sh pushes and tells the VM" exits 0 "runs europe-west3-docker.pkg.dev/my-project/chat-server/server:bbbbbbbbbbbb" ./update.sh "${options[@]}"
check "which keeps its port" grep -q '^chat-port=4000' "$FAKE/metadata"
check "it says how to go back" grep -q -- "--image europe-west3-docker.pkg.dev/my-project/chat-server/server:aaaaaaaaaaaa" "$work/err"
: > "$FAKE/calls"
check "a second update.sh" exits 0 "runs this image already" ./update.sh "${options[@]}"
check "changes nothing" equal "$(changes)" 0
mv "$FAKE/metadata" "$FAKE/kept"
check "update.sh wants a VM that deploy.sh has told what to run" exits 1 "run that first" ./update.sh "${options[@]}"
mv "$FAKE/kept" "$FAKE/metadata"
echo cccccccccccc > "$FAKE/image"
check "update.sh says when the new image does not start" \
  exits 1 "does not run it yet" env FAKE_HEALTH=starting ./update.sh "${options[@]}"

: > "$FAKE/calls"
check "the disk can grow" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}" --data-size 20GB
check "and the VM learns of it" equal "$(changes)" 2
check "but not shrink" exits 2 "a disk cannot shrink" ./deploy.sh "${options[@]}" --data-size 10GB
: > "$FAKE/calls"
check "nor by itself" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}"
check "so it is left alone" equal "$(changes)" 0

rm "$FAKE/attached"
check "a VM of before, without a disk" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}"
check "gets one" equal "$(cat "$FAKE/attached")" chat-data

: > "$FAKE/calls"
printf '%s\t%s\t10\t2026-11-01T03:00:00\n' chat-server-data-1 READY chat-server-data-2 CREATING > "$FAKE/snapshots"
echo messages > "$FAKE/content"
check "restore.sh lists the snapshots" exits 0 "chat-server-data-2" ./restore.sh "${options[@]}"
check "it asks" exits 2 "--yes" ./restore.sh "${options[@]}" --snapshot chat-server-data-1
check "it wants one that there is" exits 2 'is "not there", expected' ./restore.sh "${options[@]}" --snapshot chat-server-data-3
check "and that is finished" exits 2 'is "CREATING", expected' ./restore.sh "${options[@]}" --snapshot chat-server-data-2
check "so far it has touched nothing" equal "$(changes)" 0
before=$(sed -n 's/^chat-config=//p' "$FAKE/metadata")
check "then it runs with the messages of one" exits 0 "runs with the messages of chat-server-data-1" ./restore.sh "${options[@]}" --snapshot chat-server-data-1 --yes
check "which are on the disk" equal "$(cat "$FAKE/content")" chat-server-data-1
check "as large as it was" grep -q $'\t20$' "$FAKE/disk"
check "those of before are kept, and that first" \
  test "$(grep -n 'snapshots create chat-server-before-' "$FAKE/calls" | cut -d: -f1)" -lt "$(grep -n 'disks delete' "$FAKE/calls" | cut -d: -f1)"
check "the VM learns that its log is another" grep -qE "^chat-config=$before-[0-9]{14}$" "$FAKE/metadata"
: > "$FAKE/calls"
check "and deploy.sh does not make it forget" exits 0 "192.0.2.7:4000" ./deploy.sh "${options[@]}"
check "as it changes nothing" equal "$(changes)" 0
echo dddddddddddd > "$FAKE/image"
check "nor does update.sh" bash -c "./update.sh ${options[*]} > '$work/out' 2> '$work/err' && grep -qE '^chat-config=dddddddddddd-[0-9a-f]+-[0-9]{14}$' '$FAKE/metadata'"
for step in "instances stop" "snapshots create" "detach-disk" "disks delete" "disks create" "attach-disk" "add-metadata" "instances start"; do
  check "restore.sh stops when this fails: $step" \
    exits 1 "run the same command again" env FAKE_FAILS="$step" ./restore.sh "${options[@]}" --snapshot chat-server-data-1 --yes
  check "  and the next run ends well" \
    exits 0 "runs with the messages of chat-server-data-1" ./restore.sh "${options[@]}" --snapshot chat-server-data-1 --yes
done

echo "--- a database in place of the disk"
clean
echo 7 > "$FAKE/secret"
check "with a database there is no disk" bash -c "./deploy.sh ${options[*]} --store chat-store > '$work/out' 2>&1 && ! grep -q ' disk' '$FAKE/calls'"
check "the VM may read the one secret" calls "secrets add-iam-policy-binding chat-store --member=serviceAccount:chat-server@"
check "and is told which" grep -q '^chat-store=projects/my-project/secrets/chat-store$' "$FAKE/metadata"
: > "$FAKE/calls"
check "a run that says nothing about it" exits 0 "192.0.2.7" ./deploy.sh "${options[@]}"
check "leaves it so" equal "$(changes)" 0
echo 8 > "$FAKE/secret"
check "another password" exits 0 "192.0.2.7" ./deploy.sh "${options[@]}"
check "is told to the VM" equal "$(changes)" 1
check "restore.sh sends to the database" exits 1 "are in a database" ./restore.sh "${options[@]}" --snapshot chat-server-data-1
check "certificates that vouch for it" exits 0 "192.0.2.7" ./deploy.sh "${options[@]}" --store-ca "$work/ca.pem"
check "come to the VM" grep -qE "add-metadata .*chat-store-ca-id=[0-9a-f]{12} .*chat-store-ca=$work/ca.pem" "$FAKE/calls"
check "there is a way back to a disk" exits 0 "192.0.2.7" ./deploy.sh "${options[@]}" --store none
check "which the VM gets" equal "$(cat "$FAKE/attached")" chat-data
check "and it forgets the database" bash -c "! grep -q '^chat-store=' '$FAKE/metadata'"
check "a group is not made of a VM" exits 1 "there is a VM chat-server" ./deploy.sh "${options[@]}" --store chat-store --servers 3

echo "--- a group of servers"
group=("${options[@]}" --store chat-store --servers 3)
for step in "" "secrets versions" "secrets add-iam" "instance-templates create" "health-checks create" "managed create" \
  "backend-services create" "add-backend" "forwarding-rules create" "wait-until"; do
  clean
  echo 7 > "$FAKE/secret"
  [ -z "$step" ] || check "deploy.sh stops when this fails: $step" exits 1 "run the same command again" env FAKE_FAILS="$step" ./deploy.sh "${group[@]}"
  check "three servers have one address" exits 0 "on 3 servers. Type:  java -jar chat-client.jar 192.0.2.7" ./deploy.sh "${group[@]}"
done
check "there is no disk and no VM beside" bash -c "! grep -qE 'instances create|disks create' '$FAKE/calls'"
check "the balancer hands on connections as they are" grep -q 'backend-services create .*--load-balancing-scheme=EXTERNAL --protocol=TCP' "$FAKE/calls"
: > "$FAKE/calls"
check "a second run ends the same" exits 0 "on 3 servers" ./deploy.sh "${options[@]}"
check "and changes nothing" equal "$(changes)" 0
: > "$FAKE/calls"
check "a fourth" exits 0 "on 4 servers" ./deploy.sh "${options[@]}" --servers 4
check "is all that is new" equal "$(changes)" 1
: > "$FAKE/calls"; echo eeeeeeeeeeee > "$FAKE/image"
check "another image" exits 0 "on 4 servers" ./deploy.sh "${options[@]}"
check "is rolled out" grep -qE 'rolling-action start-update chat-server .*--max-unavailable=0' "$FAKE/calls"
check "by another template" equal "$(find "$FAKE/templates" -type f | wc -l)" 2
check "it says when the servers are not healthy" exits 1 "finds 0 of 4 servers healthy" env FAKE_HEALTH=UNHEALTHY ./deploy.sh "${options[@]}"
check "update.sh sends to deploy.sh" exits 1 "is a group of servers; deploy.sh" ./update.sh "${options[@]}"
check "restore.sh to the database" exits 1 "whose messages are in a database" ./restore.sh "${options[@]}"
check "another port is another group" exits 2 "the balancer of the group listens on 3306" ./deploy.sh "${options[@]}" --port 4000
check "an environment" exits 0 "on 4 servers" ./deploy.sh "${options[@]}" --env-file "$work/env"
check "is to be said each time" exits 2 "the group has an environment" ./deploy.sh "${options[@]}"
check "servers without a database are none" exits 2 "--servers wants --store" ./deploy.sh "${options[@]}" --store none --servers 3
check "destroy.sh lists all of it" exits 2 "the balancer chat-server" ./destroy.sh "${options[@]}"
check "and takes it away" exits 0 "done" ./destroy.sh "${options[@]}" --yes
check "so that nothing is left but the secret" equal "$(cd "$FAKE" && echo *)" "calls image secret secret-reader services"

# Whatever step fails, the next run continues from there.
for step in "services enable" "repositories create" "addresses create" "service-accounts create" \
  "repositories add-iam" "projects add-iam" "resource-policies create" "disks create" "firewall-rules create" "instances create" "instances list"; do
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
check "then nothing is left but the APIs, and the disk" equal "$(cd "$FAKE" && echo *)" "calls content disk image schedule services"
check "a third destroy.sh has nothing to do, and tells of it" exits 0 "but the disk chat-server-data with the messages" ./destroy.sh "${options[@]}"
check "which another VM uses again" bash -c "echo messages > '$FAKE/content' && ./deploy.sh ${options[*]} > '$work/out' 2>&1 && grep -q messages '$FAKE/content'"
check "but none in another zone" exits 1 "is in europe-west3-c and not in europe-west3-a; use --zone europe-west3-c" ./deploy.sh --project my-project --zone europe-west3-a
check "--delete-data takes it away" exits 0 "snapshots are kept: gcloud compute snapshots list" ./destroy.sh "${options[@]}" --delete-data --yes
check "so that nothing is left" equal "$(cd "$FAKE" && echo *)" "calls image services"
check "and nothing is to be done" exits 0 "there is nothing of chat-server in my-project, europe-west3-c" ./destroy.sh "${options[@]}" --delete-data

echo "--- what they say to a wrong command line"
check "no project" exits 2 "--project is missing" ./deploy.sh
check "an unknown option" exits 2 '"--prot" is not an option' ./deploy.sh --prot 3
check "an option of another script" exits 2 '"--port" is not an option' ./update.sh --project my-project --port 3
check "no value" exits 2 "--port needs a value" ./deploy.sh --project my-project --port
check "not a port" exits 2 '--port is "0", expected' ./deploy.sh --project my-project --port 0
for wrong in 22 53 65536 0x50 -1 08 3306/udp; do
  check "not a port: $wrong" exits 2 "--port is \"$wrong\", expected" ./deploy.sh "${options[@]}" --port="$wrong"
done
for wrong in 0m 0g 127m 256 256k 0256m m 9999999g 1.5g; do
  check "not enough memory, or none: $wrong" exits 2 "--memory is \"$wrong\", expected" ./deploy.sh "${options[@]}" --memory "$wrong"
done
check "memory in upper case" exits 0 "chat-memory=1G" ./deploy.sh "${options[@]}" --memory 1G --dry-run
check "no project's id" exits 2 '--project is "My Project"' ./deploy.sh --project "My Project"
check "no region" exits 2 '--region is "Europe"' ./deploy.sh --project my-project --region Europe
check "no zone" exits 2 '--zone is "europe-west3-*"' ./deploy.sh --project my-project --zone "europe-west3-*"
check "an image with a comma" exits 2 '--image is "x,chat-port=22"' ./deploy.sh "${options[@]}" --image x,chat-port=22
check "an option in place of an image" exits 2 '--image is "--dry-run"' ./update.sh "${options[@]}" --image --dry-run
check "no machine type" exits 2 '--machine-type is "E2 micro"' ./deploy.sh "${options[@]}" --machine-type "E2 micro"
check "a network with a comma" exits 2 '--network is "default,address=x"' ./deploy.sh "${options[@]}" --network default,address=x

check "an environment that is not there" exits 2 "nosuch cannot be read" ./deploy.sh "${options[@]}" --env-file "$work/nosuch"
check "a directory" exits 2 "cannot be read, expected a file" ./deploy.sh "${options[@]}" --env-file "$work"
check "a pipe, which could be read only once" exits 2 "expected a file" \
  bash -c "./deploy.sh ${options[*]} --env-file <(echo CHAT_TLS_ONLY=true)"
printf 'A=b\n' > "$work/a,b"
check "a file whose name gcloud would split" exits 2 "has a comma in its name" ./deploy.sh "${options[@]}" --env-file "$work/a,b"
refused() { # usage: refused "what it is" "its content" "part of the words"
  printf %b "$2" > "$work/wrong-env"
  check "an environment with $1" exits 2 "wrong-env, line $3" ./deploy.sh "${options[@]}" --env-file "$work/wrong-env" --dry-run
}
refused "CR LF" 'CHAT_TRANSCRIPT=true\r\nCHAT_TLS_ONLY=true\r\n' "1 ends as on Windows"
refused "a CR in its last line, which has no LF" 'A=b\nCHAT_TLS_ONLY=true\r' "2 ends as on Windows"
refused "a byte-order mark" '\0357\0273\0277CHAT_TLS_ONLY=true\n' "1 is not a variable"
refused "export" '# see above\n\nexport CHAT_TLS_ONLY=true\n' "3 is not a variable"
refused "a name alone" 'CHAT_TLS_ONLY\n' "1 is not a variable"
refused "a space before the =" 'CHAT_TLS_ONLY =true\n' "1 is not a variable"
refused "quotes" 'CHAT_ADMIN="off"\n' "1: CHAT_ADMIN has quotes"
refused "another port" 'CHAT_PORT=4000\n' "1: CHAT_PORT is the port inside the container"
refused "a host inside the container" 'CHAT_HOST=127.0.0.1\n' '1: CHAT_HOST is "127.0.0.1"'
check "a URL in everybody's sight" exits 2 '--store is "postgresql://x@y/z", expected the name of a secret' ./deploy.sh "${options[@]}" --store postgresql://x@y/z
for wrong in 1 0 x 100 03; do
  check "not a number of servers: $wrong" exits 2 "--servers is \"$wrong\", expected" ./deploy.sh "${options[@]}" --store s --servers "$wrong"
done
check "no certificate" exits 2 "is no certificate" ./deploy.sh "${options[@]}" --store s --store-ca "$work/env"
refused "a database's password" 'CHAT_STORE=postgresql://x:y@z/w\n' "1: CHAT_STORE has a password"
for wrong in 9GB 10 10g 0GB -10GB 65537GB; do
  check "not the size of a disk: $wrong" exits 2 "--data-size is \"$wrong\", expected" ./deploy.sh "${options[@]}" --data-size="$wrong"
done
check "not a snapshot" exits 2 '--snapshot is "A", expected' ./restore.sh "${options[@]}" --snapshot A
check "no VM to restore" exits 1 "there is no VM chat-server" env FAKE="$work/bin" ./restore.sh "${options[@]}" --snapshot x
check "a zone of another region" exits 2 '--zone is "us-east1-b"' ./deploy.sh --project my-project --zone us-east1-b
check "help" exits 0 "usage: destroy.sh" ./destroy.sh --help
check "no VM to update" exits 1 "there is no VM chat-server" ./update.sh "${options[@]}"

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
