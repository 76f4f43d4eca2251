#!/usr/bin/env bash
# Installs the service as docs/deploy.md says, in a systemd of its own, and uses it. As root, with systemd, Java and
# curl, after mvn package -DskipTests; half a minute. The machine is not changed: that systemd has its own processes,
# network, control groups, and copy of all files. Exit code 77: this machine does not allow that.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)

if [ -z "${CHAT_TEST_INSIDE:-}" ]; then
  groups=$work/groups group=$work/groups/chat-test-$$ before=$(sed -n 's/^0:://p' /proc/self/cgroup)
  clean() {
    if [ -d "$group" ]; then
      echo $$ > "$groups$before/cgroup.procs"
      # Its processes have been killed and will be gone in a moment.
      for _ in {1..50}; do
        find "$group" -depth -type d -exec rmdir {} + 2> "$work/why" && break
        sleep 0.1
      done
    fi
    if mountpoint --quiet "$groups"; then umount "$groups"; fi
    rm -rf "$work"
  }
  trap clean EXIT
  skip() {
    echo "systemd/test.sh: skipped, $1" >&2
    exit 77
  }
  [ "$(id -u)" = 0 ] || skip "it needs root"
  [ -x /lib/systemd/systemd ] || skip "it needs systemd"
  unshare --mount --pid --fork --cgroup --net true 2> "$work/why" || skip "it needs namespaces: $(cat "$work/why")"
  mkdir "$groups"
  mount -t cgroup2 none "$groups" 2> "$work/why" || skip "it needs control groups: $(cat "$work/why")"
  mkdir "$group"
  echo $$ > "$group/cgroup.procs"
  cp docker/systemd/use.sh "$work"
  docker/release.sh --built "$work/files"
  # The indented lines, except the one that needs the network.
  sed -n '/^## A systemd service$/,$p' docs/deploy.md | sed -n 's/^    //p' | grep -v '^apt-get' > "$work/documented.sh"
  CHAT_TEST_INSIDE=$work unshare --mount --pid --fork --cgroup --net --kill-child "$0" || true # its last line counts
  [ -f "$work/log" ] || skip "systemd did not come up"
  cat "$work/log"
  exit "$(tail -1 "$work/log" | grep -qx 'the service does what it should' && echo 0 || echo 1)"
fi

# Inside: the machine's files, with a layer for writes that is thrown away.
work=$CHAT_TEST_INSIDE
mount --make-rprivate /
mount -t tmpfs none /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay none -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
root=/mnt/root
mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
mount --rbind /dev $root/dev
mount -t tmpfs tmpfs $root/run
mount -t tmpfs -o mode=1777 tmpfs $root/tmp
mkdir -p "$root$work"
mount --bind "$work" "$root$work"
ip link set lo up
cat > $root/etc/systemd/system/chat-test.service << UNIT
[Unit]
After=basic.target
[Service]
Type=oneshot
WorkingDirectory=$work/files
ExecStart=/bin/bash $work/use.sh $work/documented.sh
ExecStopPost=/bin/systemctl exit
StandardOutput=file:$work/log
StandardError=inherit
UNIT
cd $root
pivot_root . mnt
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=chat-test.service \
  --show-status=no --log-target=null
