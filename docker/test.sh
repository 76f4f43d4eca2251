#!/usr/bin/env bash
# Builds the container from the Dockerfile that users get, and tests it.
#
# No registry is needed: stand-ins for the two base images are made of Debian's packages. The one for the build contains
# this machine's JDK 25 and Maven; the one for the image contains a C library and no shell, as the real one does.
#
# Needs root, podman, podman-compose, runc, debootstrap, Maven and a JDK 25 (JAVA25_HOME, or /usr/lib/jvm/*25*), and the jars of
# 'mvn package'. With CI=true it installs those that Debian has. It never skips: a test that cannot run has failed.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD/docker

memory=256m
port=${CHAT_TEST_PORT:-13306}
at=127.0.0.1:$port
name=chat-server-test-$$
data=$name-data
image=localhost/chat-server-test
client=(java -jar chat-client/target/chat-client.jar)
# In a store of its own, so that this machine's images are not touched
store=${CHAT_TEST_STORE:-${TMPDIR:-/tmp}/chat-server-test-images}
work=$(mktemp -d)
passed=0 failed=0
began=$SECONDS

fail() { echo "test.sh: $1" >&2; exit 1; }
ok() { passed=$((passed + 1)); printf '%4d s  ok      %s\n' $((SECONDS - began)) "$1"; }
bad() { failed=$((failed + 1)); printf '%4d s  FAILED  %s\n' $((SECONDS - began)) "$1"; tail -n 30 "$work/out" 2> /dev/null | sed 's/^/          /'; }
check() { if "${@:2}" > "$work/out" 2>&1; then ok "$1"; else bad "$1"; fi; }
equal() { [ "$1" = "$2" ] || { echo "is $1, expected $2"; return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "is $1, expected at most $2"; return 1; }; }
# usage: within SECONDS COMMAND..., which must become true
within() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    [ $SECONDS -lt $end ] || { echo "not within $1 s: ${*:2}"; return 1; }
    sleep 0.2
  done
}

# --- requirements ---------------------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || fail "this needs root, for debootstrap and for limits"
need() {
  command -v "$1" > /dev/null && return
  [ "${CI:-}" = true ] || fail "$1 is not installed; it is in Debian's package $2"
  [ -n "${updated:-}" ] || apt-get update > "$work/apt" 2>&1 || { cat "$work/apt"; fail "apt-get update failed"; }
  updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${@:2}" > "$work/apt" 2>&1 \
    || { cat "$work/apt"; fail "installing $2 failed"; }
}
need podman podman conmon netavark iptables
need /usr/lib/podman/aardvark-dns aardvark-dns
need podman-compose podman-compose
need runc runc
need debootstrap debootstrap
need mvn maven
jdk=${JAVA25_HOME:-}
for candidate in /usr/lib/jvm/*25*; do
  [ -n "$jdk" ] || [ ! -x "$candidate/bin/jlink" ] || jdk=$candidate
done
[ -x "$jdk/bin/jlink" ] || fail "there is no JDK 25, expected one in JAVA25_HOME or under /usr/lib/jvm"
[ -f chat-client/target/chat-client.jar ] || fail "chat-client.jar is missing; 'mvn package' makes it"
repository=${CHAT_TEST_MAVEN_REPOSITORY:-$HOME/.m2/repository}
[ -d "$repository" ] || fail "there is no local Maven repository $repository; 'mvn package' fills it"

# At low priority, for whatever else runs here
gently=(nice -n 19)
! command -v ionice > /dev/null || gently+=(ionice -c3)
# Hides podman's warnings about missing systemd timers: the health check is run by hand below. podman runs in $work because
# it leaves a file in the current directory when a container has used up its memory.
pod() {
  (cd "$work" \
    && podman --root "$store/root" --runroot "$store/run" --cgroup-manager cgroupfs --runtime runc --log-level fatal "$@")
}

# The podman that podman-compose calls: adds limits for this machine, and two flags of the file that podman-compose drops.
cat > "$work/podman" <<SCRIPT
#!/bin/bash
if [ "\$1" = run ]; then
  [[ "\$*" = *"--ulimit nofile"* ]] || set -- run --ulimit nofile=16384:16384 "\${@:2}"
  set -- run --ulimit nproc=16384:16384 --pids-limit 256 --read-only-tmpfs=false "\${@:2}"
fi
cd "$work" && exec podman --root "$store/root" --runroot "$store/run" --cgroup-manager cgroupfs --runtime runc \
  --log-level fatal "\$@"
SCRIPT
chmod +x "$work/podman"
compose() {
  CHAT_IMAGE=$image CHAT_PUBLISH=$at CHAT_FILES=16384 CHAT_MEMORY=$memory CHAT_VOLUME=$name-database CHAT_DATABASE_PASSWORD=$name \
    podman-compose --podman-path "$work/podman" --project-name "$name" --file "$here/cluster/compose.yaml" "$@"
}

remove() { pod rm --force --time 0 "$name" > /dev/null 2>&1 || true; }
# Keeps the stand-ins and the image for the next run, and removes intermediate images.
cleanup() {
  remove
  ! command -v podman-compose > /dev/null || compose down --timeout 0 --volumes > /dev/null 2>&1 || true
  pod volume rm --force "$data" "$data-2" "$name-database" > /dev/null 2>&1 || true
  pod image unmount "$image" > /dev/null 2>&1 || true
  pod image prune --force > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

# --- stand-ins for the base images ---------------------------------------------------------------------------------

# Their tag depends on their contents: another JDK means another stand-in.
maven=$(mvn --version)
tag=$({ cat "$jdk/release"; echo "${maven%%$'\n'*}"; sed -n '/^stand_ins/,/^}/p' docker/test.sh; } | sha256sum | cut -c1-12)
build_image=localhost/stand-in-build:$tag
runtime_image=localhost/stand-in-runtime:$tag
stand_ins() {
  local root=$work/root build=$work/build files
  "${gently[@]}" debootstrap --variant=minbase --include=ca-certificates,netbase,tzdata bookworm "$root"
  # For the image: the files of the packages that the real one is made of, and nothing else; no shell among them.
  mkdir "$work/runtime"
  cat "$root"/var/lib/dpkg/info/{base-files,libc6:*,netbase,tzdata}.list \
    | sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\1/,; s,^/,./,' | sort -u \
    | (cd "$root" && while read -r file; do if [ -e "$file" ] || [ -L "$file" ]; then echo "$file"; fi; done) \
    > "$work/files"
  files=$work/files
  tar -C "$root" -c --no-recursion -T "$files" ./bin ./sbin ./lib ./lib64 | tar -C "$work/runtime" -x
  mkdir -p "$work/runtime/etc/ssl/certs"
  cp "$root/etc/ssl/certs/ca-certificates.crt" "$work/runtime/etc/ssl/certs/"
  printf '%s\n' root:x:0:0::/root:/sbin/nologin nonroot:x:65532:65532::/home/nonroot:/sbin/nologin \
    > "$work/runtime/etc/passwd"
  chmod 1777 "$work/runtime/tmp"
  tar -C "$work/runtime" -c . | pod import --change 'USER 65532' - "$runtime_image"
  # For the build: Debian with the JDK and Maven of this machine, their links followed.
  build=$root
  mkdir -p "$build/opt/java" "$build/opt/maven"
  cp -rL "$jdk" "$build/opt/java/openjdk"
  cp -rL "$(mvn --version | sed -n 's/\x1b\[[0-9;]*m//g; s/^Maven home: //p')/." "$build/opt/maven"
  tar -C "$build" -c . | pod import --change 'ENV JAVA_HOME=/opt/java/openjdk' \
    --change 'ENV PATH=/opt/java/openjdk/bin:/opt/maven/bin:/usr/sbin:/usr/bin' - "$build_image"
  rm -rf "$root" "$work/runtime"
}
if pod image exists "$build_image" && pod image exists "$runtime_image"; then
  echo "the stand-ins for the base images are there from the run before"
else
  stand_ins > "$work/log" 2>&1 || { cat "$work/log"; fail "the stand-ins for the base images could not be made"; }
  ok "stand-ins for the base images are made of packages"
fi

# --- the image -----------------------------------------------------------------------------------------------------

"${gently[@]}" podman --root "$store/root" --runroot "$store/run" --runtime runc build --isolation chroot --format docker \
  --build-arg BUILD_IMAGE="$build_image" --build-arg RUNTIME_IMAGE="$runtime_image" \
  --build-arg MAVEN_FLAGS="-Dmaven.repo.local=/repository" --volume "$repository:/repository:O" \
  --build-arg VERSION=1.2.3 --build-arg REVISION=abcdef \
  --file docker/Dockerfile --tag "$image" . > "$work/log" 2>&1 || { tail -n 60 "$work/log"; fail "the image does not build"; }
ok "the Dockerfile builds, and its rehearsal delivers messages"

inspect() { pod image inspect "$image" --format "$1"; }
check "its entry point is a program and not a shell" equal "$(inspect '{{index .Config.Entrypoint 0}}')" /opt/java/bin/java
check "it has no shell" bash -c "! find \"\$0\" -name sh -o -name bash -o -name dash | grep -q ." "$(pod image mount "$image")"
check "its user is a number that is not 0" equal "$(inspect '{{.Config.User}}')" 65532:65532
check "it has OCI labels" equal "$(inspect '{{index .Config.Labels "org.opencontainers.image.version"}} {{index .Config.Labels "org.opencontainers.image.revision"}}')" "1.2.3 abcdef"
check "it says which commit it is of" grep -q 'commit abcdef' <<< "$(pod run --rm --ulimit nofile=1024:1024 --ulimit nproc=16384:16384 "$image" --version 2>&1)"
# shellcheck disable=SC2016
check "it has one SQLite library, and that outside its jar" bash -c '[ "$(find "$0/opt/chat" -name "libsqlitejdbc*" | wc -l)" = 1 ] && ! grep -qa libsqlitejdbc "$0"/opt/chat/lib/sqlite-jdbc-*.jar' \
  "$(pod image mount "$image")"
check "it says which licences it is under" test -s "$(pod image mount "$image")/opt/chat/licences/THIRD-PARTY.txt"
check "nothing in it can be written by its user but /tmp and /data" equal \
  "$(cd "$(pod image mount "$image")" && find . -xdev \( -perm -0002 -o -uid 65532 \) ! -type l ! -path './tmp*' ! -path ./data ! -path './dev/*' ! -path './var/tmp*' ! -path './run/lock*' | head -n 3)" ""

# --- the container -------------------------------------------------------------------------------------------------

# The flags of compose.yaml and gce/cloud-init.yaml, except the numbers of files and processes, which this machine may not
# allow.
start() {
  began_start=$(date +%s%N)
  pod run --detach --name "$name" --publish "$at:3306" --restart unless-stopped \
    --read-only --read-only-tmpfs=false --tmpfs /tmp:rw,noexec,nosuid,nodev,size=16m \
    --volume "$data:/data:noexec,nosuid,nodev" \
    --cap-drop ALL --security-opt no-new-privileges --memory "$memory" --memory-swap "$memory" --pids-limit 256 \
    --ulimit nofile=16384:16384 --ulimit nproc=16384:16384 "$@" "$image" > "$work/log" 2>&1 \
    || { cat "$work/log"; fail "this machine cannot run the container"; }
}
state() { pod inspect "$name" --format "$1"; }
pid() { state '{{.State.Pid}}'; }
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pid)/status"; }
logs() { pod logs "$name" 2>&1; }
says() { grep -q -- "$1" <<< "$(logs)"; }
restarts() { state '{{.RestartCount}}'; }
restarted() { [ "$(restarts)" -ge "$1" ] && [ "$(state '{{.State.Running}}')" = true ]; }
unhealthy() { ! healthy; }
healthy() { pod healthcheck run "$name" > /dev/null 2>&1; }
# Memory limit and peak of the container, for either version of control groups
cgroup() {
  local path
  path=$(grep -E '^[0-9]+:memory:' "/proc/$(pid)/cgroup" | cut -d: -f3) || true
  if [ -n "$path" ]; then
    cat "/sys/fs/cgroup/memory$path/$1"
  else
    case $1 in
      memory.limit_in_bytes) set -- memory.max ;;
      memory.max_usage_in_bytes) set -- memory.peak ;;
    esac
    cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(pid)/cgroup")/$1"
  fi
}

# A busy machine may delay the kit's own readers for longer than the default half second.
start --env CHAT_SLOW_MEMBER_PATIENCE=1s
check "it listens" within 60 says '^listening on 0.0.0.0:3306'
listening_ms=$((($(date +%s%N) - began_start) / 1000000))
check "on epoll, though /tmp is noexec" says '^transport epoll'
check "without a warning of the JVM" equal "$(logs | grep -vE '^(data in|transport|health and metrics|listening)')" ""
rss_kib=$(status VmRSS | tr -dc 0-9)
check "it is not root" equal "$(status Uid | tr -s '\t' ' ')" "65532 65532 65532 65532"
check "without any capability" equal "$(status CapEff) $(status CapPrm) $(status CapBnd)" "0000000000000000 0000000000000000 0000000000000000"
check "and cannot gain any" equal "$(status NoNewPrivs)" 1
check "its root is read-only" grep -qE '^[^ ]+ / [^ ]+ ro' "/proc/$(pid)/mounts"
check "it uses the archive of classes" grep -q /opt/chat/aot/chat.aot "/proc/$(pid)/maps"
check "its limit is $memory" equal "$(cgroup memory.limit_in_bytes)" $((256 * 1024 * 1024))
check "file names are UTF-8 in it" bash -c 'grep -q "^sun.jnu.encoding=UTF-8$" <<< "$0"' \
  "$(pod exec "$name" /opt/java/bin/jcmd 1 VM.system_properties 2>&1)"
check "it is healthy" healthy
check "the conformance kit passes from outside" "${gently[@]}" "${client[@]}" conformance "$at"
rest_kib=$(status VmRSS | tr -dc 0-9)

# --- the end, and what comes after it ------------------------------------------------------------------------------

"${client[@]}" listen "$at" > "$work/heard" 2> "$work/err" &
listener=$!
check "somebody listens" within 30 says 'user: msg_screen'
check "somebody talks" "${client[@]}" send "$at" --name alice --message "the last word"
check "SIGTERM: it ends in time" timeout 20 podman --root "$store/root" --runroot "$store/run" --runtime runc stop --time 15 "$name"
check "with exit code 0" equal "$(state '{{.State.ExitCode}}')" 0
wait "$listener" || true
check "and what was said before was heard" grep -q "alice:    the last word" "$work/heard"
check "a container that was stopped stays stopped" equal "$(state '{{.State.Running}}')" false
check "and is not healthy" unhealthy
remove

# Messages are in the volume, not in the container. usage: remembers TEXT
remembers() { timeout 60 "${client[@]}" listen "$at" --last 20 --match "$1" --count 1 --for 30s; }
# Runs a command of the image beside the running server, as 'docker compose run' does: with the volume, without ports.
beside() {
  pod run --rm --read-only --read-only-tmpfs=false --tmpfs /tmp:rw,noexec,nosuid,nodev,size=16m --cap-drop ALL \
    --security-opt no-new-privileges --memory "$memory" --memory-swap "$memory" --ulimit nofile=16384:16384 \
    --ulimit nproc=16384:16384 "$@"
}
# Runs a command in a container with a shell and a volume. usage: shell VOLUME:/data COMMAND...
shell() { pod run --rm --interactive --user 0 --ulimit nofile=1024:1024 --ulimit nproc=16384:16384 --volume "$1" "$build_image" "${@:2}"; }
start --env CHAT_MESSAGES_PER_SECOND=0
check "it starts again" within 60 says '^listening on'
check "another container remembers what was said in the one before" remembers "the last word"
check "a backup is made while it runs" beside --volume "$data:/data" "$image" backup /data /data/backup.db
check "somebody talks on" "${client[@]}" send "$at" --name alice --message "after the backup"
"${gently[@]}" "${client[@]}" bench "$at" --receivers 1000 --senders 4 --size 1024 --seconds 8 --rate 200 > "$work/bench" 2>&1 || true
check "a room of 1,000 gets every message" grep -q '^lost 0, repeated 0, out of order 0, altered 0' "$work/bench"
# A load that it cannot carry: it only has to survive.
"${gently[@]}" "${client[@]}" bench "$at" --receivers 300 --senders 16 --size 60000 --seconds 6 --warmup 1 > "$work/flood" 2>&1 || true
check "it is still the same process after a flood" equal "$(restarts)" 0
check "and healthy" healthy
peak=$(cgroup memory.max_usage_in_bytes)
resident_kib=$(status VmHWM | tr -dc 0-9)
check "and stayed inside its limit" at_most "$peak" $((256 * 1024 * 1024))

check "somebody talks just before the end" "${client[@]}" send "$at" --name alice --message "just before the end"
kill -KILL "$(pid)"
check "killed, it comes back by itself" within 30 restarted 1
check "and listens" within 60 healthy
check "and remembers" remembers "just before the end"
# When the container's memory is full, the kernel kills the process with the highest score. This makes it the server, not
# the process that fills the memory.
echo 1000 > "/proc/$(pid)/oom_score_adj"
pod exec "$name" /opt/java/bin/java -XX:+UseSerialGC -Xms600m -Xmx600m -XX:+AlwaysPreTouch -version > "$work/log" 2>&1 || true
check "killed by the kernel for want of memory, it comes back by itself" within 30 restarted 2
check "and listens" within 60 healthy
remove

# As in docs/operating.md: the backup is copied out by a container with a shell, and into a new volume by another.
shell "$data:/data:ro" cat /data/backup.db > "$work/backup.db" || true
check "the backup can be taken out" grep -qa '^SQLite format 3' "$work/backup.db"
# shellcheck disable=SC2016
put() { shell "$data-2:/data" sh -c '[ -z "$(ls /data)" ] && cat > /data/log.db && chown 65532:65532 /data /data/log.db' < "$work/backup.db"; }
put_again() { ! put; }
check "and put into a new volume" put
check "but not over what is there" put_again
check "which is sound" beside --volume "$data-2:/data" "$image" check /data
old=$data data=$data-2
start
check "a server on it listens" within 60 says '^listening on'
check "it remembers what was said before the backup" remembers "the last word"
check "and nothing of what came later" bash -c '! "$@"' - timeout 20 "${client[@]}" listen "$at" --last 20 --match "after the backup" --count 1 --for 2s
remove
data=$old

start --env CHAT_TLS_SELF_SIGNED=/tmp/schlüssel --env CHAT_TLS_ONLY=true
check "with TLS it listens" within 60 says '^listening on'
check "and is healthy" healthy
fingerprint=$(logs | grep -o 'SHA256:[A-Za-z0-9+/]*' | head -n 1)
check "says what is sent with TLS" "${client[@]}" send "$at" --tls-fingerprint "$fingerprint" --name alice --message "in secret"
check "and refuses what is sent without" bash -c '! "$@"' - "${client[@]}" send "$at" --name eve --message "in the clear"
remove

for settings in CHAT_ADMIN=auto CHAT_ADMIN=OFF$'\r' CHAT_ADMIN=0.0.0.0:9400 'CHAT_ADMIN=[::1]:9400' \
  'CHAT_HOST=[::]' "_JAVA_OPTIONS=-XX:-UseSerialGC -XX:+UseG1GC"; do
  start --env "$settings"
  check "with $settings it listens" within 60 says '^listening on'
  check "and is healthy" healthy
  remove
done

# --- several servers -------------------------------------------------------------------------------------------------

# Stand-ins for the images of PostgreSQL and HAProxy, under the names in compose.yaml
for target in postgres:15 haproxy:lts; do
  "${gently[@]}" podman --root "$store/root" --runroot "$store/run" --runtime runc build --isolation chroot --format docker \
    --build-arg BASE="$build_image" --target "${target%:*}" --tag "docker.io/library/$target" docker/test/stand-ins \
    > "$work/log" 2>&1 || { tail -n 60 "$work/log"; fail "the stand-in for $target could not be made"; }
done
check "haproxy.cfg is understood without a warning" equal "$(pod run --rm --ulimit nofile=16384:16384 --ulimit nproc=16384:16384 \
  --volume "$PWD/docker/cluster/haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro" docker.io/library/haproxy:lts -c -q 2>&1 | grep -v "^warning: invalid logging spec")" ""
python=/usr/bin/python3
check "compose.yaml of the cluster starts" compose up --detach --no-build
while read -r verdict what; do
  if [ "$verdict" = ok ]; then ok "$what"; else
    echo "$what" > "$work/out"
    for server in chat-1 chat-2 chat-3 balancer database; do pod logs --tail 8 "${name}_${server}_1" >> "$work/out" 2>&1 || true; done
    bad "several servers"
  fi
done < <($python docker/test/cluster.py "$at" "$name" "$work/podman" 2>&1)
# A backup and its restore, as in docs/operating.md: its lines that begin with "docker compose".
mapfile -t told < <(sed -n '/^### Backup and restore of the database/,/^### Updating/s/^    \(docker compose .*\)/\1/p' docs/operating.md)
as_told() {
  docker() { # usage: docker compose -f FILE COMMAND...; an exec of podman-compose says more than the command does
    case $4 in
      exec) pod exec --interactive "${name}_$6_1" "${@:7}" ;;
      *) compose "${@:4}" ;;
    esac
  }
  (cd "$work" && eval "$1")
}
# Through the API, on any of the servers
posted() { [ "$(curl --silent --output /dev/null --write-out '%{http_code}' --data "$1" "http://$at/api/rooms/lobby/messages?name=ci")" = 201 ]; }
messages() { curl --silent --fail "http://$at/api/rooms/lobby/messages?limit=5"; }
epoch() { messages | sed -n 's/.*"epoch":"\([^"]*\)".*/\1/p'; }
check "somebody talks before a backup" within 30 posted "before the backup"
check "the database is dumped: ${told[0]##* -T }" as_told "${told[0]}"
check "somebody talks after it" posted "after the backup"
before=$(epoch)
for line in "${told[@]:1}"; do
  check "as told: ${line#docker compose -f docker/cluster/compose.yaml }" as_told "$line"
done
# The balancer may still ask a server that is not up yet.
came_back() { after=$(messages) && now=$(epoch) && [ -n "$now" ]; }
check "the servers are back" within 60 came_back
check "with what was said before the backup" grep -q "before the backup" <<< "$after"
check "and nothing of what came later" bash -c '! grep -q "after the backup" <<< "$0"' "$after"
check "in rooms that begin a new epoch" bash -c '[ -n "$0" ] && [ -n "$1" ] && [ "$0" != "$1" ]' "$before" "$now"
compose down --timeout 20 --volumes > "$work/log" 2>&1 || { cat "$work/log"; bad "compose.yaml of the cluster goes away"; }

# --- the two places that run it ------------------------------------------------------------------------------------

$python -c 'import yaml' 2> /dev/null || need "Python's yaml" python3-yaml
check "compose.yaml and cloud-init.yaml ask for what was tested here" $python docker/test/flags.py

echo
echo "image                   $(($(inspect '{{.Size}}') / 1000000)) MB"
echo "start to 'listening'    $listening_ms ms, the container's own start included"
echo "resident when started   $((rss_kib / 1024)) MiB, half a minute and the kit later $((rest_kib / 1024)) MiB"
echo "memory at most          $((peak / 1024 / 1024)) MiB of 256, after 1,000 members and a flood; of it the process $((resident_kib / 1024))"
grep -E '^(deliveries|latency)' "$work/bench" || true
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
