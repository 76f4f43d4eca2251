#!/usr/bin/env bash
# Creates a chat server on a Google Compute Engine VM with a permanent address. Run it again to change something; it
# keeps whatever exists already.
set -euo pipefail
# shellcheck source=docker/gce/common.sh
. "$(dirname "$0")/common.sh"

usage() {
  cat <<'TEXT'
usage: deploy.sh --project PROJECT [options]

  --project PROJECT     id of the Google Cloud project; billing must be on
  --region REGION       europe-west3
  --zone ZONE           REGION-b
  --name NAME           chat-server; the name of the VM and everything that belongs to it
  --image IMAGE         a local image to push, or one in a registry; without it the image is built from this checkout
  --machine-type TYPE   e2-micro
  --port PORT           3306
  --memory MEMORY       256m; the memory limit of the container
  --env-file FILE       the server's environment, lines such as CHAT_MAX_CONNECTIONS=5000; /dev/null for none
  --network NETWORK     default
  --store SECRET        keep rooms in the PostgreSQL database whose URL is in this secret of Secret Manager; "none" is a disk
  --store-ca FILE       CA certificates for the database, for sslmode=verify-full&sslrootcert=/store-ca.pem
  --servers N           a group of N servers, in several zones, behind a balancer; needs --store
  --data-size SIZE      10GB; the size of the disk for messages, which can grow later but never shrink
  --dry-run             only print the commands, as if nothing existed yet

A second run without --port, --memory, --env-file, --store, --store-ca, --servers or --data-size leaves these unchanged. The
disk outlives the VM; a snapshot of it is taken each night and kept for 14 days, and restore.sh goes back to one. A VM or a
group with --store has no disk, because everything is in the database. docs/operating.md says how to create one in Cloud SQL.

To roll a new image out to a group, run deploy.sh again: it replaces three servers at a time. For a VM, use update.sh.

Needs gcloud, logged in ('gcloud auth login'), and docker unless the image is in a registry already.
TEXT
}

flags="--project --region --zone --name --image --machine-type --port --memory --env-file --network --store --store-ca --servers --data-size --dry-run"
parse_options "$@"
case $here in *,*) die "the directory $here has a comma in its name, which gcloud does not take; move the checkout" ;; esac

enabled=$(ask services list --enabled --format="value(config.name)")
apis=(compute.googleapis.com artifactregistry.googleapis.com iam.googleapis.com cloudresourcemanager.googleapis.com)
[ -z "$store" ] || apis+=(secretmanager.googleapis.com)
for api in "${apis[@]}"; do
  case $'\n'$enabled$'\n' in
    *$'\n'"$api"$'\n'*) ;;
    *) google "switching on $api" services enable "$api" ;;
  esac
done

# What exists, and its settings
instance=$(existing_instance)
group=$(existing_group)
template=""
[ -z "$group" ] || template=$(ask compute instance-groups managed describe "$name" --region="$region" \
  --format="value(instanceTemplate.basename())")
[ -z "$servers" ] || [ -z "$instance" ] \
  || die "there is a VM $name in $zone already, expected another --name for a group; or delete the VM with destroy.sh"
[ -z "$group" ] || [ -n "$servers" ] || servers=$(ask compute instance-groups managed describe "$name" --region="$region" \
  --format="value(targetSize)")
told() {
  if [ -n "$template" ]; then templated_metadata "$template" "$1"; elif [ -n "$instance" ]; then instance_metadata "$1"; fi
}
present=$(told chat-config)
[ -n "$store" ] || store=$(told chat-store | sed 's,.*/,,')
[ "$store" != none ] || store=""
[ -z "$servers" ] || [ -n "$store" ] || die "--servers wants --store: servers without a common database do not share rooms" 2

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

# The VM can read its images and write its log, and nothing else.
account=$(existing_service_account)
if [ -z "$account" ]; then
  google "creating the service account $name" iam service-accounts create "$name" --display-name="VM of $name"
fi
member=serviceAccount:$service_account
reader=$(ask artifacts repositories get-iam-policy "$name" --location="$region" --flatten="bindings[].members" \
  --filter="bindings.role=roles/artifactregistry.reader AND bindings.members=$member" --format="value(bindings.role)")
# A new account takes a moment to be known everywhere.
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

# The database's password must not be readable for everybody who can view the VM.
secret_version=""
if [ -n "$store" ]; then
  secret_version=$(ask secrets versions describe latest --secret="$store" --format="value(name.basename())")
  $dry_run || [ -n "$secret_version" ] || die "the secret $store has no version, expected one with the database's URL"
  may_read=$(ask secrets get-iam-policy "$store" --flatten="bindings[].members" \
    --filter="bindings.role=roles/secretmanager.secretAccessor AND bindings.members=$member" --format="value(bindings.role)")
  [ -n "$may_read" ] \
    || patiently google "letting the VM read the secret $store" secrets add-iam-policy-binding "$store" \
      --member="$member" --role=roles/secretmanager.secretAccessor
fi

# A disk outlives the VM, and nightly snapshots outlive the disk.
size=""
if [ -z "$store" ]; then
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
fi

# Settings that are not given stay as they are.
environment="" restored="" ca=""
if [ -n "$instance$group" ]; then
  [ -n "$port" ] || port=$(told chat-port)
  [ -n "$memory" ] || memory=$(told chat-memory)
  # restore.sh has added a part that the VM needs.
  case $present in *-*-*) restored=-${present##*-} ;; esac
  [ -n "$env_file" ] || environment=$(told chat-env-id)
  [ -n "$store_ca" ] || ca=$(told chat-store-ca-id)
fi
if [ -n "$group" ]; then
  # A template is created as a whole, and the content of files cannot be read back from the old one.
  [ "${environment:-none}" = none ] \
    || die "the group has an environment, expected --env-file FILE again, or /dev/null for none" 2
  [ -z "$ca" ] || die "the group trusts a certificate, expected --store-ca FILE again" 2
  open=$(ask compute firewall-rules describe "$name" --format="value(allowed[0].ports[0])")
  [ "${port:-$open}" = "$open" ] || die "--port is \"$port\", and the balancer of the group listens on $open: that stays" 2
fi
port=${port:-3306} memory=${memory:-256m}
check_port "chat-port of the VM" "$port"
check_memory "chat-memory of the VM" "$memory"
if [ -z "$instance$group" ] || [ -n "$env_file" ]; then
  env_file=${env_file:-/dev/null}
  environment=$(sha256sum < "$env_file" | cut -c1-12)
  [ -s "$env_file" ] || environment=none
fi

[ -z "$store_ca" ] || ca=$(sha256sum < "$store_ca" | cut -c1-12)

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

# Changes whenever something changes that the VM must know: first the image, then the rest.
settings=$({ echo "$port $memory $environment $size$store $secret_version $ca"; cat "$here/cloud-init.yaml"; } | sha256sum | cut -c1-12)
config=$image_id-$settings$restored
items=chat-image=$image_ref,chat-port=$port,chat-memory=$memory,chat-config=$config
# The id of the environment, or none, so that the VM notices when the environment has not arrived.
[ -z "$environment" ] || items+=,chat-env-id=$environment
[ -z "$store" ] || items+=,chat-store=projects/$project/secrets/$store
[ -z "$ca" ] || items+=,chat-store-ca-id=$ca
files=user-data=$here/cloud-init.yaml
[ -z "$env_file" ] || files+=,chat-env=$env_file
[ -z "$store_ca" ] || files+=,chat-store-ca=$store_ca
where=${address:-ADDRESS}
[ "$port" = 3306 ] || where=$where:$port
machine=(--machine-type="$machine_type"
  --image-family=cos-stable --image-project=cos-cloud --boot-disk-size=10GB --boot-disk-type=pd-balanced
  --service-account="$service_account" --scopes=https://www.googleapis.com/auth/cloud-platform
  --shielded-secure-boot --shielded-vtpm --shielded-integrity-monitoring
  --metadata="$items,google-logging-enabled=true,enable-guest-attributes=TRUE,enable-oslogin=TRUE,block-project-ssh-keys=TRUE"
  --metadata-from-file="$files")

if [ -n "$servers" ]; then
  # shellcheck source=docker/gce/group.sh
  . "$here/group.sh"
  echo "The room is open, on $servers servers. Type:  java -jar chat-client.jar $where"
  exit
fi

if [ -n "$instance" ] && [ -z "$store" ]; then
  attached=$(ask compute instances describe "$name" --zone="$zone" --format="value(disks[].deviceName)")
  case $attached in *"$device"*) ;; *) attach_disk ;; esac
fi
if [ -z "$instance" ]; then
  disks=()
  [ -n "$store" ] || disks=(--disk="name=$disk,device-name=$device,mode=rw,boot=no,auto-delete=no")
  google "creating the VM $name" compute instances create "$name" --zone="$zone" "${machine[@]}" "${disks[@]}" \
    --network-interface="network=$network,address=${address:-ADDRESS}"
elif [ "$present" != "$config" ]; then
  # Metadata stays unless it is removed.
  [ -n "$store" ] || [ -z "$(told chat-store)" ] \
    || google "telling the VM to use its disk" compute instances remove-metadata "$name" --zone="$zone" --keys=chat-store
  google "telling the VM what to run" compute instances add-metadata "$name" --zone="$zone" --metadata="$items" \
    --metadata-from-file="$files"
fi
wait_until_it_runs "$config"

echo "The room is open. Type:  java -jar chat-client.jar $where"
