#!/usr/bin/env bash
# Replaces the disk with the messages by a snapshot, and starts the server on it. The old disk is kept as a snapshot, too,
# so that you can go back.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: restore.sh --project PROJECT [--region REGION --zone ZONE --name NAME --snapshot SNAPSHOT --yes --dry-run]

  --snapshot SNAPSHOT   the snapshot to go back to; without it the script only lists them
  --yes                 do not ask

The other options are those of deploy.sh. The server is down for some minutes. Its rooms begin a new epoch, which tells
programs that resume that their position belongs to another log.

To test a snapshot, restore it into another server: deploy.sh --name chat-trial, then restore.sh --name chat-trial
--snapshot SNAPSHOT.
TEXT
}

flags="--project --region --zone --name --snapshot --yes --dry-run"
parse_options "$@"

group=$(existing_group)
[ -z "$group" ] || die "$name is a group of servers, whose messages are in a database; restore that instead"
if [ -z "$snapshot" ]; then
  ask compute snapshots list --filter="sourceDisk~/$disk\$" --sort-by=~creationTimestamp \
    --format="table(name,creationTimestamp,diskSizeGb,status)"
  $dry_run || say "--snapshot NAME goes back to one of them"
  exit 0
fi
instance=$(existing_instance)
$dry_run || [ -n "$instance" ] || die "there is no VM $name in $zone; deploy.sh creates one, and uses the disk if there is one"
present=$(instance_metadata chat-config)
$dry_run || [ -n "$present" ] || die "the VM $name has no settings from deploy.sh; run that first"
[ -z "$(instance_metadata chat-store)" ] || die "the messages of $name are in a database; restore that instead"
found=$(ask compute snapshots list --filter="name=$snapshot" --format="value(status,diskSizeGb,creationTimestamp)")
IFS=$'\t' read -r ready least taken <<< "$found" || true
$dry_run || [ "$ready" = READY ] \
  || die "the snapshot $snapshot is \"${ready:-not there}\", expected one that is READY; without --snapshot they are listed" 2
# An earlier run may have deleted the disk already.
size=$(existing_disk)
if $dry_run; then size=SIZE; fi
status=$(ask compute instances list --filter="name=$name AND zone:$zone" --format="value(status)")
if $dry_run; then status=RUNNING; fi
now=$(date -u +%Y%m%d%H%M%S)
before=$name-before-$now

say "the messages of $name will be those of $snapshot${taken:+, of $taken}"
if [ -n "$size" ]; then say "the current ones are kept as the snapshot $before"; fi
confirm

case $status in
  TERMINATED) ;;
  *) google "stopping the VM" compute instances stop "$name" --zone="$zone" ;;
esac
attached=$(ask compute instances describe "$name" --zone="$zone" --format="value(disks[].deviceName)")
if $dry_run; then attached=$device; fi
if [ -n "$size" ]; then
  google "keeping the current disk as $before" compute snapshots create "$before" --source-disk="$disk" \
    --source-disk-zone="$zone" --storage-location="$region" --description="$name before it went back to $snapshot"
  case $attached in
    *"$device"*) google "detaching the disk" compute instances detach-disk "$name" --zone="$zone" --disk="$disk" ;;
  esac
  google "deleting the disk" compute disks delete "$disk" --zone="$zone" --quiet
fi
# Keep the size of a disk that has grown since the snapshot.
larger=()
if ! $dry_run && [ "${size:-0}" -gt "$least" ]; then larger=(--size="${size}GB"); fi
create_disk "making the disk of $snapshot" --source-snapshot="$snapshot" "${larger[@]}"
attach_disk
# The third part tells the VM that its log has changed.
config=$(cut -d- -f1,2 <<< "$present")-$now
google "telling the VM" compute instances add-metadata "$name" --zone="$zone" --metadata="chat-config=$config"
google "starting the VM" compute instances start "$name" --zone="$zone"
wait_until_it_runs "$config"
echo "$name runs with the messages of $snapshot"
