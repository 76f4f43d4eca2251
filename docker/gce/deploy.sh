#!/usr/bin/env bash
# From nothing to a chat server on a Google Compute Engine VM whose address stays. Run it again to change something;
# what is there already is left as it is.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: deploy.sh --project PROJECT [options]

  --project PROJECT     id of the Google Cloud project; billing must be on
  --region REGION       europe-west3
  --zone ZONE           REGION-b
  --name NAME           chat-server; of the VM and everything that belongs to it
  --image IMAGE         a local image to push, or one in a registry; without it the image is built from this checkout
  --machine-type TYPE   e2-micro
  --port PORT           3306
  --memory MEMORY       256m; what the container may take
  --env-file FILE       the server's environment, lines such as CHAT_MAX_CONNECTIONS=5000; /dev/null for none
  --network NETWORK     default
  --data-size SIZE      10GB; of the disk that keeps the messages, which can grow later and never shrink
  --dry-run             only print the commands, as if nothing were there yet

A second run without --port, --memory, --env-file or --data-size leaves them as they are. The disk stays when the VM
goes; a snapshot is taken of it each night and kept for 14 days. restore.sh goes back to one.

Needs gcloud, logged in ('gcloud auth login'), and docker unless the image is in a registry already.
TEXT
}

flags="--project --region --zone --name --image --machine-type --port --memory --env-file --network --data-size --dry-run"
parse_options "$@"
case $here in *,*) die "the directory $here has a comma in its name, which gcloud does not take; move the checkout" ;; esac

enabled=$(ask services list --enabled --format="value(config.name)")
for api in compute.googleapis.com artifactregistry.googleapis.com iam.googleapis.com cloudresourcemanager.googleapis.com; do
  case $'\n'$enabled$'\n' in
    *$'\n'"$api"$'\n'*) ;;
    *) google "switching on $api" services enable "$api" ;;
  esac
done

repository=$(existing_repository)
[ -n "$repository" ] \
  || google "creating the registry $name" artifacts repositories create "$name" --location="$region" \
    --repository-format=docker --description="Images of $name"
provide_image

address=$(existing_address)
if [ -z "$address" ]; then
  google "reserving the address $name" compute addresses create "$name" --region="$region" \
    --description="Where $name is; it stays when the VM goes"
  address=$(existing_address)
  $dry_run || [ -n "$address" ] || die "the new address is not known yet; run the same command again to go on"
fi

# The VM may read its images and write its log, and nothing else.
account=$(existing_service_account)
if [ -z "$account" ]; then
  google "creating the service account $name" iam service-accounts create "$name" --display-name="VM of $name"
fi
member=serviceAccount:$service_account
reader=$(ask artifacts repositories get-iam-policy "$name" --location="$region" --flatten="bindings[].members" \
  --filter="bindings.role=roles/artifactregistry.reader AND bindings.members=$member" --format="value(bindings.role)")
# A new account is not known everywhere at once.
patiently() {
  local tries
  for ((tries = 1; tries < 5; tries++)); do
    if ("$@"); then return; fi
    say "trying again"
    sleep "${CHAT_DEPLOY_PAUSE:-5}"
  done
  "$@"
}
[ -n "$reader" ] \
  || patiently google "letting the VM read its images" artifacts repositories add-iam-policy-binding "$name" \
    --location="$region" --member="$member" --role=roles/artifactregistry.reader
writer=$(existing_log_role)
[ -n "$writer" ] \
  || patiently google "letting the VM write its log" projects add-iam-policy-binding "$project" --member="$member" \
    --role=roles/logging.logWriter --condition=None

# What outlives the VM: a disk, and a snapshot of it each night. Those stay when the disk goes.
schedule=$(existing_schedule)
[ -n "$schedule" ] \
  || google "scheduling snapshots" compute resource-policies create snapshot-schedule "$disk" --region="$region" \
    --daily-schedule --start-time=03:00 --max-retention-days=14 --on-source-disk-delete=keep-auto-snapshots \
    --storage-location="$region" --description="Snapshots of the messages of $name"
size=$(existing_disk)
if [ -z "$size" ]; then
  size=${data_size:-10GB} size=${size%GB}
  create_disk "creating the disk $disk" --size="${size}GB"
elif [ -n "$data_size" ] && [ "${data_size%GB}" != "$size" ]; then
  [ "${data_size%GB}" -gt "$size" ] || die "--data-size is \"$data_size\", and the disk has ${size}GB: a disk cannot shrink" 2
  google "enlarging the disk $disk" compute disks resize "$disk" --zone="$zone" --size="$data_size" --quiet
  size=${data_size%GB}
fi

# What nobody says anything about stays as it is.
instance=$(existing_instance)
present="" environment="" restored=""
if [ -n "$instance" ]; then
  present=$(instance_metadata chat-config)
  [ -n "$port" ] || port=$(instance_metadata chat-port)
  [ -n "$memory" ] || memory=$(instance_metadata chat-memory)
  # restore.sh adds to it what the VM must know
  case $present in *-*-*) restored=-${present##*-} ;; esac
  [ -n "$env_file" ] || environment=$(instance_metadata chat-env-id)
fi
port=${port:-3306} memory=${memory:-256m}
check_port "chat-port of the VM" "$port"
check_memory "chat-memory of the VM" "$memory"
if [ -z "$instance" ] || [ -n "$env_file" ]; then
  env_file=${env_file:-/dev/null}
  environment=$(sha256sum < "$env_file" | cut -c1-12)
  [ -s "$env_file" ] || environment=none
fi

firewall=$(existing_firewall)
if [ -z "$firewall" ]; then
  google "opening port $port" compute firewall-rules create "$name" --network="$network" --direction=INGRESS \
    --allow="tcp:$port" --source-ranges=0.0.0.0/0 --target-service-accounts="$service_account" \
    --description="Members of $name"
else
  open=$(ask compute firewall-rules describe "$name" --format="value(allowed[0].ports[0])")
  [ "$open" = "$port" ] \
    || google "opening port $port instead of $open" compute firewall-rules update "$name" --allow="tcp:$port"
fi

# Differs whenever something differs that the VM must know: first the image, then the rest.
settings=$({ echo "$port $memory $environment $size"; cat "$here/cloud-init.yaml"; } | sha256sum | cut -c1-12)
config=$image_id-$settings$restored
items=chat-image=$image_ref,chat-port=$port,chat-memory=$memory,chat-config=$config
# Which environment it is, or none: so the VM knows when it has not got it.
[ -z "$environment" ] || items+=,chat-env-id=$environment
files=user-data=$here/cloud-init.yaml
[ -z "$env_file" ] || files+=,chat-env=$env_file
if [ -n "$instance" ]; then
  attached=$(ask compute instances describe "$name" --zone="$zone" --format="value(disks[].deviceName)")
  case $attached in *"$device"*) ;; *) attach_disk ;; esac
fi
if [ -z "$instance" ]; then
  google "creating the VM $name" compute instances create "$name" --zone="$zone" --machine-type="$machine_type" \
    --image-family=cos-stable --image-project=cos-cloud --boot-disk-size=10GB --boot-disk-type=pd-balanced \
    --disk="name=$disk,device-name=$device,mode=rw,boot=no,auto-delete=no" \
    --network-interface="network=$network,address=${address:-ADDRESS}" \
    --service-account="$service_account" --scopes=https://www.googleapis.com/auth/cloud-platform \
    --shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring \
    --metadata="$items,google-logging-enabled=true,enable-guest-attributes=TRUE,enable-oslogin=TRUE,block-project-ssh-keys=TRUE" \
    --metadata-from-file="$files"
elif [ "$present" != "$config" ]; then
  google "telling the VM what to run" compute instances add-metadata "$name" --zone="$zone" --metadata="$items" \
    --metadata-from-file="$files"
fi
wait_until_it_runs "$config"

where=${address:-ADDRESS}
[ "$port" = 3306 ] || where=$where:$port
echo "The room is open. Type:  java -jar chat-client.jar $where"
