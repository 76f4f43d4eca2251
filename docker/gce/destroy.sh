#!/usr/bin/env bash
# Deletes everything that deploy.sh created. Lists it first and asks.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: destroy.sh --project PROJECT [--region REGION --zone ZONE --name NAME --delete-data --yes --dry-run]

  --delete-data   also delete the disk with the messages; otherwise it is kept, and deploy.sh uses it again
  --yes           do not ask

The address is released, so the next deployment gets another. Snapshots, the project's APIs, a database and the secret with
its URL are kept.
TEXT
}

flags="--project --region --zone --name --delete-data --yes --dry-run"
parse_options "$@"

instance=$(existing_instance)
firewall=$(existing_firewall)
address=$(existing_address)
repository=$(existing_repository)
account=$(existing_service_account)
log_role=$(existing_log_role)
data=$(existing_disk)
schedule=$(existing_schedule)
rule=$(existing_forwarding_rule)
backend=$(existing_backend)
group=$(existing_group)
templates=$(existing_templates)
health_check=$(existing_health_check)
if $dry_run; then
  rule=$name backend=$name group=$name templates=$name-TEMPLATE health_check=$name
  instance=$name firewall=$name address=ADDRESS repository=$name account=$service_account log_role=ROLE data=SIZE schedule=$disk
fi
kept=""
if ! $delete_data; then kept=$data data="" schedule=""; fi

list=""
[ -z "$instance" ] || list+="  the VM $name in $zone"$'\n'
[ -z "$rule" ] || list+="  the forwarding rule $name"$'\n'
[ -z "$backend" ] || list+="  the balancer $name"$'\n'
[ -z "$group" ] || list+="  the group $name, with all servers in it"$'\n'
[ -z "$templates" ] || list+="  the templates of its servers: ${templates//$'\n'/, }"$'\n'
[ -z "$health_check" ] || list+="  the health check $name"$'\n'
[ -z "$data" ] || list+="  the disk $disk of $data GB, with all messages"$'\n'
[ -z "$schedule" ] || list+="  the schedule of its snapshots $disk"$'\n'
[ -z "$firewall" ] || list+="  the firewall rule $name"$'\n'
[ -z "$address" ] || list+="  the address $address"$'\n'
[ -z "$repository" ] || list+="  the registry $registry/$project/$name, with all images in it"$'\n'
[ -z "$log_role" ] || list+="  the right of $service_account to write logs"$'\n'
[ -z "$account" ] || list+="  the service account $service_account"$'\n'
if [ -z "$list" ]; then
  say "there is nothing of $name in $project, $zone${kept:+, but the disk $disk with the messages; --delete-data deletes it}"
  exit 0
fi
printf '%s: this will be deleted for good:\n%s' "$script" "$list" >&2
confirm

[ -z "$instance" ] \
  || google "deleting the VM" compute instances delete "$name" --zone="$zone" --delete-disks=boot --quiet
[ -z "$rule" ] \
  || google "deleting the forwarding rule" compute forwarding-rules delete "$name" --region="$region" --quiet
[ -z "$backend" ] \
  || google "deleting the balancer" compute backend-services delete "$name" --region="$region" --quiet
[ -z "$group" ] \
  || google "deleting the group" compute instance-groups managed delete "$name" --region="$region" --quiet
if [ -n "$templates" ]; then
  mapfile -t templates <<< "$templates"
  google "deleting the templates of its servers" compute instance-templates delete "${templates[@]}" --quiet
fi
[ -z "$health_check" ] \
  || google "deleting the health check" compute health-checks delete "$name" --region="$region" --quiet
[ -z "$data" ] || google "deleting the disk" compute disks delete "$disk" --zone="$zone" --quiet
[ -z "$schedule" ] \
  || google "deleting the schedule" compute resource-policies delete "$disk" --region="$region" --quiet
[ -z "$firewall" ] || google "deleting the firewall rule" compute firewall-rules delete "$name" --quiet
[ -z "$address" ] || google "releasing the address" compute addresses delete "$name" --region="$region" --quiet
[ -z "$repository" ] \
  || google "deleting the registry" artifacts repositories delete "$name" --location="$region" --quiet
[ -z "$log_role" ] \
  || google "removing the right to write logs" projects remove-iam-policy-binding "$project" \
    --member="serviceAccount:$service_account" --role=roles/logging.logWriter --condition=None
[ -z "$account" ] \
  || google "deleting the service account" iam service-accounts delete "$service_account" --quiet
if [ -n "$kept" ]; then
  say "done; the disk $disk with the messages is kept, deploy.sh uses it again, --delete-data deletes it"
elif [ -n "$data" ]; then
  say "done; snapshots are kept: gcloud compute snapshots list --filter=sourceDisk~/$disk\$ --project=$project"
else
  say "done"
fi
