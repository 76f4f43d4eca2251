#!/usr/bin/env bash
# Puts a snapshot in the place of the disk with the messages, and starts the server on it. What was on the disk is
# kept as a snapshot, too, so there is a way back.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: restore.sh --project PROJECT [--region REGION --zone ZONE --name NAME --snapshot SNAPSHOT --yes --dry-run]

  --snapshot SNAPSHOT   which to go back to; without it they are listed, and nothing is touched
  --yes                 do not ask

The other options are those of deploy.sh. The server stands still for the minutes that it takes. Its rooms begin a new
epoch: programs that resume are told that what they knew is another log. To try a snapshot, restore it into another
server: deploy.sh --name chat-trial, then restore.sh --name chat-trial --snapshot SNAPSHOT.
TEXT
}

flags="--project --region --zone --name --snapshot --yes --dry-run"
parse_options "$@"

group=$(existing_group)
[ -z "$group" ] || die "$name is a group of servers, whose messages are in a database; that is what has to be restored"
if [ -z "$snapshot" ]; then
  ask compute snapshots list --filter="sourceDisk~/$disk\$" --sort-by=~creationTimestamp \
    --format="table(name,creationTimestamp,diskSizeGb,status)"
  $dry_run || say "--snapshot NAME goes back to one of them"
  exit 0
fi
instance=$(existing_instance)
$dry_run || [ -n "$instance" ] || die "there is no VM $name in $zone; deploy.sh makes one, and uses the disk if it is there"
present=$(instance_metadata chat-config)
$dry_run || [ -n "$present" ] || die "the VM $name has not been told what to run by deploy.sh; run that first"
[ -z "$(instance_metadata chat-store)" ] || die "the messages of $name are in a database; that is what has to be restored"
found=$(ask compute snapshots list --filter="name=$snapshot" --format="value(status,diskSizeGb,creationTimestamp)")
IFS=$'\t' read -r ready least taken <<< "$found" || true
$dry_run || [ "$ready" = READY ] \
  || die "the snapshot $snapshot is \"${ready:-not there}\", expected one that is READY; without --snapshot they are listed" 2
# An earlier run may have come as far as deleting it.
size=$(existing_disk)
if $dry_run; then size=SIZE; fi
status=$(ask compute instances list --filter="name=$name AND zone:$zone" --format="value(status)")
if $dry_run; then status=RUNNING; fi
now=$(date -u +%Y%m%d%H%M%S)
before=$name-before-$now

say "the messages of $name will be those of $snapshot${taken:+, of $taken}"
if [ -n "$size" ]; then say "those of now are kept as the snapshot $before"; fi
confirm

case $status in
  TERMINATED) ;;
  *) google "stopping the VM" compute instances stop "$name" --zone="$zone" ;;
esac
attached=$(ask compute instances describe "$name" --zone="$zone" --format="value(disks[].deviceName)")
if $dry_run; then attached=$device; fi
if [ -n "$size" ]; then
  google "keeping what is there as $before" compute snapshots create "$before" --source-disk="$disk" \
    --source-disk-zone="$zone" --storage-location="$region" --description="$name before it went back to $snapshot"
  case $attached in
    *"$device"*) google "detaching the disk" compute instances detach-disk "$name" --zone="$zone" --disk="$disk" ;;
  esac
  google "deleting the disk" compute disks delete "$disk" --zone="$zone" --quiet
fi
# A disk that has grown since then stays as large.
larger=()
if ! $dry_run && [ "${size:-0}" -gt "$least" ]; then larger=(--size="${size}GB"); fi
create_disk "making the disk of $snapshot" --source-snapshot="$snapshot" "${larger[@]}"
attach_disk
# The third part tells the VM that its log is another one.
config=$(cut -d- -f1,2 <<< "$present")-$now
google "telling the VM" compute instances add-metadata "$name" --zone="$zone" --metadata="chat-config=$config"
google "starting the VM" compute instances start "$name" --zone="$zone"
wait_until_it_runs "$config"
echo "$name runs with the messages of $snapshot"
