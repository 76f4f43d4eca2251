#!/usr/bin/env bash
# Takes away what deploy.sh made. Lists it first and asks.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: destroy.sh --project PROJECT [--region REGION --zone ZONE --name NAME --yes --dry-run]

  --yes   do not ask

The address goes, too: the next one will be another. The APIs of the project stay switched on.
TEXT
}

flags="--project --region --zone --name --yes --dry-run"
parse_options "$@"

instance=$(existing_instance)
firewall=$(existing_firewall)
address=$(existing_address)
repository=$(existing_repository)
account=$(existing_service_account)
log_role=$(existing_log_role)
if $dry_run; then
  instance=$name firewall=$name address=ADDRESS repository=$name account=$service_account log_role=ROLE
fi

list=""
[ -z "$instance" ] || list+="  the VM $name in $zone, with its disk"$'\n'
[ -z "$firewall" ] || list+="  the firewall rule $name"$'\n'
[ -z "$address" ] || list+="  the address $address"$'\n'
[ -z "$repository" ] || list+="  the registry $registry/$project/$name, with all images in it"$'\n'
[ -z "$log_role" ] || list+="  the right of $service_account to write logs"$'\n'
[ -z "$account" ] || list+="  the service account $service_account"$'\n'
if [ -z "$list" ]; then
  say "there is nothing of $name in $project, $zone"
  exit 0
fi
printf '%s: this will be gone for good:\n%s' "$script" "$list" >&2
if ! $yes && ! $dry_run; then
  [ -t 0 ] || [ -n "${CHAT_DEPLOY_ANSWER_FROM_PIPE:-}" ] || die "nobody is there to say yes; --yes says it" 2
  printf 'Type the name %s to go on: ' "$name" >&2
  read -r answer || answer=""
  [ "$answer" = "$name" ] || die "\"$answer\" is not $name; nothing was touched"
fi

[ -z "$instance" ] \
  || google "deleting the VM" compute instances delete "$name" --zone="$zone" --delete-disks=all --quiet
[ -z "$firewall" ] || google "deleting the firewall rule" compute firewall-rules delete "$name" --quiet
[ -z "$address" ] || google "releasing the address" compute addresses delete "$name" --region="$region" --quiet
[ -z "$repository" ] \
  || google "deleting the registry" artifacts repositories delete "$name" --location="$region" --quiet
[ -z "$log_role" ] \
  || google "taking away the right to write logs" projects remove-iam-policy-binding "$project" \
    --member="serviceAccount:$service_account" --role=roles/logging.logWriter --condition=None
[ -z "$account" ] \
  || google "deleting the service account" iam service-accounts delete "$service_account" --quiet
say "done"
