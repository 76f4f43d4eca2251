#!/usr/bin/env bash
# Rolls a new image out to a VM that deploy.sh created. The old server stops gracefully: it delivers accepted messages.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: update.sh --project PROJECT [--region REGION --zone ZONE --name NAME --image IMAGE --dry-run]

  --image IMAGE   a local image to push, or one in a registry; without it the image is built from this checkout

The other options are those of deploy.sh. Members are disconnected once, for the few seconds of the change.
TEXT
}

flags="--project --region --zone --name --image --dry-run"
parse_options "$@"

group=$(existing_group)
[ -z "$group" ] || die "$name is a group of servers; deploy.sh, run again, rolls an image out to it"
instance=$(existing_instance)
$dry_run || [ -n "$instance" ] || die "there is no VM $name in $zone; deploy.sh creates one"
provide_image
before=$(instance_metadata chat-image)
present=$(instance_metadata chat-config)
$dry_run || [ -n "$present" ] || die "the VM $name has no settings from deploy.sh; run that first"
config=$image_id-${present#*-}
if [ "$present" = "$config" ]; then
  say "$name runs this image already"
else
  google "telling the VM what to run" compute instances add-metadata "$name" --zone="$zone" \
    --metadata="chat-image=$image_ref,chat-config=$config"
fi
[ -z "$before" ] || [ "$before" = "$image_ref" ] \
  || say "the image before was $before; to go back: $0 --project $project --region $region --zone $zone --name $name --image $before"
wait_until_it_runs "$config"
echo "$name runs $image_ref"
