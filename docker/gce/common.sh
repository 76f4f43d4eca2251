# shellcheck shell=bash
# Shared by deploy.sh, update.sh, restore.sh and destroy.sh: options, calls of gcloud, names. Sourced, never run.
# shellcheck disable=SC2034,SC2154  # variables set here are used there, and the other way round

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "$0")

project=""
region=europe-west3
zone=""
name=chat-server
image=""
machine_type=e2-micro
port=""
memory=""
env_file=""
network=default
data_size=""
store=""
store_ca=""
servers=""
snapshot=""
dry_run=false
yes=false
delete_data=false

die() {
  echo "$script: $1" >&2
  exit "${2:-1}"
}

say() {
  echo "$script: $1" >&2
}

# usage: takes VARIABLE FLAG VALUE-OR-NOTHING
takes() {
  if [ -z "${3:-}" ]; then die "$2 needs a value; see --help" 2; fi
  printf -v "$1" '%s' "$3"
}

# usage: check_port WHERE PORT
check_port() {
  if ! [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || [ "$2" -gt 65535 ]; then
    die "$1 is \"$2\", expected a number from 1 to 65535" 2
  fi
  case $2 in
    22 | 53) die "$1 is \"$2\", expected another one, such as 3306: the VM itself uses that (SSH, DNS)" 2 ;;
  esac
}

# usage: check_memory WHERE MEMORY. The JVM and its classes alone need some 80 MiB.
check_memory() {
  local least=128
  if ! [[ $2 =~ ^([1-9][0-9]{0,5})[mM]$|^[1-9][0-9]{0,2}[gG]$ ]] || [ "${BASH_REMATCH[1]:-$least}" -lt "$least" ]; then
    die "$1 is \"$2\", expected a number with m or g, such as 256m, and at least ${least}m" 2
  fi
}

# Refuses lines that Docker would misread: it takes a CR and quotes as part of the value, and a name without a value from
# the VM. A server that starts without its limits is worse than none.
check_env_file() {
  local line number=0 variable value
  if [ "$env_file" = /dev/null ]; then return; fi # none
  if ! [ -f "$env_file" ] || ! [ -r "$env_file" ]; then
    die "--env-file $env_file cannot be read, expected a file; /dev/null means none" 2
  fi
  case $env_file in *,*) die "--env-file $env_file has a comma in its name, which gcloud does not take" 2 ;; esac
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
      *$'\r'*) die "--env-file $env_file, line $number ends as on Windows (CR LF), expected LF alone; sed -i 's/\\r\$//' fixes it" 2 ;;
      "" | "#"*) continue ;;
    esac
    variable=${line%%=*} value=${line#*=}
    if ! [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]]; then
      die "--env-file $env_file, line $number is not a variable, expected NAME=VALUE such as CHAT_TLS_ONLY=true, without a space before the =, and no byte-order mark" 2
    fi
    case $value in
      \"* | \'*) die "--env-file $env_file, line $number: $variable has quotes, which Docker takes as part of the value; expected it without" 2 ;;
    esac
    # In the container the server listens on one port of all addresses, which the VM publishes.
    case $variable=$value in
      CHAT_PORT= | CHAT_PORT=3306 | CHAT_HOST= | CHAT_HOST=0.0.0.0 | CHAT_HOST=::) ;;
      CHAT_PORT=*) die "--env-file $env_file, line $number: CHAT_PORT is the port inside the container, expected --port instead" 2 ;;
      CHAT_STORE=*) die "--env-file $env_file, line $number: CHAT_STORE has a password, which everybody who can view the VM could read; expected --store SECRET instead" 2 ;;
      CHAT_HOST=*) die "--env-file $env_file, line $number: CHAT_HOST is \"$value\", which would hide the server in its container; expected none" 2 ;;
    esac
  done < "$env_file"
}

# The CA certificates for the database. They are no secret.
check_store_ca() {
  if ! [ -f "$store_ca" ] || ! [ -r "$store_ca" ] || ! grep -q '^-----BEGIN CERTIFICATE-----' "$store_ca"; then
    die "--store-ca $store_ca is no certificate, expected a PEM file" 2
  fi
  case $store_ca in *,*) die "--store-ca $store_ca has a comma in its name, which gcloud does not take" 2 ;; esac
}

# $flags has the flags of a script, usage() prints its help.
parse_options() {
  while [ $# -gt 0 ]; do
    local flag=${1%%=*}
    case " $flags " in
      *" $flag "*) ;;
      *) [ "$flag" = --help ] || [ "$flag" = -h ] || die "\"$1\" is not an option; see --help" 2 ;;
    esac
    # --flag=value is --flag value
    if [[ $1 == --*=* ]]; then set -- "$flag" "${1#*=}" "${@:2}"; fi
    case $1 in
      --project) takes project "$@"; shift ;;
      --region) takes region "$@"; shift ;;
      --zone) takes zone "$@"; shift ;;
      --name) takes name "$@"; shift ;;
      --image) takes image "$@"; shift ;;
      --machine-type) takes machine_type "$@"; shift ;;
      --port) takes port "$@"; shift ;;
      --memory) takes memory "$@"; shift ;;
      --env-file) takes env_file "$@"; shift ;;
      --network) takes network "$@"; shift ;;
      --data-size) takes data_size "$@"; shift ;;
      --store) takes store "$@"; shift ;;
      --store-ca) takes store_ca "$@"; shift ;;
      --servers) takes servers "$@"; shift ;;
      --snapshot) takes snapshot "$@"; shift ;;
      --dry-run) dry_run=true ;;
      --yes) yes=true ;;
      --delete-data) delete_data=true ;;
      --help | -h) usage; exit 0 ;;
    esac
    shift
  done
  [ -n "$project" ] || die "--project is missing, expected the id of a Google Cloud project; see --help" 2
  [[ $project =~ ^[a-z][-a-z0-9]{4,28}[a-z0-9]$ ]] \
    || die "--project is \"$project\", expected the id of a Google Cloud project, such as my-project-1234" 2
  [[ $region =~ ^[a-z]+-[a-z]+[0-9]+$ ]] || die "--region is \"$region\", expected one such as europe-west3" 2
  [ -n "$zone" ] || zone=$region-b
  case $zone in
    "$region"-[a-z]) ;;
    *) die "--zone is \"$zone\", expected one in the region $region, such as $region-b" 2 ;;
  esac
  [[ $name =~ ^[a-z]([-a-z0-9]{4,28}[a-z0-9])$ ]] \
    || die "--name is \"$name\", expected 6 to 30 lower-case letters, digits and hyphens, a letter first" 2
  # Values in a list of gcloud must not contain a comma.
  [[ $image =~ ^([A-Za-z0-9][A-Za-z0-9._/:@-]*)?$ ]] \
    || die "--image is \"$image\", expected the name of an image, such as chat-server:1" 2
  [[ $machine_type =~ ^[a-z][a-z0-9]*(-[a-z0-9]+)+$ ]] \
    || die "--machine-type is \"$machine_type\", expected one such as e2-micro" 2
  [[ $network =~ ^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$ ]] \
    || die "--network is \"$network\", expected the name of a network of the project" 2
  # Google's smallest disk of this kind has 10 GB.
  if [ -n "$data_size" ] && { ! [[ $data_size =~ ^([1-9][0-9]{1,4})GB$ ]] || [ "${BASH_REMATCH[1]}" -gt 65536 ]; }; then
    die "--data-size is \"$data_size\", expected a number from 10 to 65536 with GB, such as 20GB" 2
  fi
  [[ $snapshot =~ ^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)?$ ]] \
    || die "--snapshot is \"$snapshot\", expected the name of a snapshot; without it $script lists them" 2
  [[ $store =~ ^[A-Za-z0-9_-]{0,255}$ ]] \
    || die "--store is \"$store\", expected the name of a secret in Secret Manager that has the URL of the database; a URL here would be visible to everybody" 2
  if [ -n "$servers" ] && { ! [[ $servers =~ ^[1-9][0-9]?$ ]] || [ "$servers" -lt 2 ]; }; then
    die "--servers is \"$servers\", expected a number from 2 to 99; without it there is one VM" 2
  fi
  [ -z "$store_ca" ] || check_store_ca
  [ -z "$port" ] || check_port --port "$port"
  [ -z "$memory" ] || check_memory --memory "$memory"
  [ -z "$env_file" ] || check_env_file
  disk=$name-data
  registry=$region-docker.pkg.dev
  service_account=$name@$project.iam.gserviceaccount.com
  $dry_run || command -v gcloud > /dev/null \
    || die "gcloud is not installed, see https://cloud.google.com/sdk/docs/install, or look with --dry-run"
}

print_command() {
  local line
  printf -v line '%q ' "$@"
  echo "${line% }"
}

# Runs a query that changes nothing, and prints the answer. In a dry run it prints the command instead, with an empty
# answer, as if nothing existed yet.
ask() {
  if $dry_run; then
    print_command gcloud "$@" --project="$project" >&3
    return 0
  fi
  gcloud "$@" --project="$project" \
    || die "gcloud could not answer a query (its message is above); fix that and run the same command again"
}

# Changes something. usage: change "description" COMMAND...
change() {
  local what=$1
  shift
  if $dry_run; then
    print_command "$@" >&3
    return 0
  fi
  say "$what"
  "$@" >&2 \
    || die "this failed: $what (the reason is above); nothing was undone, run the same command again to go on"
}

google() {
  local what=$1
  shift
  change "$what" gcloud "$@" --project="$project"
}

# Goes on only if --yes was given or the name is typed.
confirm() {
  local answer
  if $yes || $dry_run; then return; fi
  [ -t 0 ] || [ -n "${CHAT_DEPLOY_ANSWER_FROM_PIPE:-}" ] || die "there is no terminal to confirm at; use --yes" 2
  printf 'Type the name %s to go on: ' "$name" >&2
  read -r answer || answer=""
  [ "$answer" = "$name" ] || die "\"$answer\" is not $name; nothing was touched"
}

# Queries for our resources; each prints its name, or nothing.
existing_repository() {
  ask artifacts repositories list --location="$region" --filter="name~/$name\$" --format="value(name.basename())"
}
existing_address() {
  ask compute addresses list --filter="name=$name AND region:$region" --format="value(address)"
}
existing_firewall() {
  ask compute firewall-rules list --filter="name=$name" --format="value(name)"
}
existing_service_account() {
  ask iam service-accounts list --filter="email=$service_account" --format="value(email)"
}
existing_instance() {
  ask compute instances list --filter="name=$name AND zone:$zone" --format="value(name)"
}
# Prints its size in GB. A disk stays in one zone, and cannot be used from another.
existing_disk() {
  local found
  found=$(ask compute disks list --filter="name=$disk" --format="value(zone.basename(),sizeGb)")
  [ -n "$found" ] || return 0
  [ "${found%%$'\t'*}" = "$zone" ] \
    || die "the disk $disk with the messages is in ${found%%$'\t'*} and not in $zone; use --zone ${found%%$'\t'*}"
  echo "${found#*$'\t'}"
}
existing_group() {
  ask compute instance-groups managed list --filter="name=$name AND region:$region" --format="value(name)"
}
existing_templates() {
  ask compute instance-templates list --filter="name~^$name-[0-9a-f]{12}\$" --format="value(name)"
}
existing_health_check() {
  ask compute health-checks list --filter="name=$name AND region:$region" --format="value(name)"
}
existing_backend() {
  ask compute backend-services list --filter="name=$name AND region:$region" --format="value(name)"
}
existing_forwarding_rule() {
  ask compute forwarding-rules list --filter="name=$name AND region:$region" --format="value(name)"
}
existing_schedule() {
  ask compute resource-policies list --filter="name=$disk AND region:$region" --format="value(name)"
}
existing_log_role() {
  ask projects get-iam-policy "$project" --flatten="bindings[].members" \
    --filter="bindings.role=roles/logging.logWriter AND bindings.members=serviceAccount:$service_account" \
    --format="value(bindings.role)"
}

# usage: create_disk "description" FLAG..., with its size or snapshot
create_disk() {
  google "$1" compute disks create "$disk" --zone="$zone" --type=pd-balanced --resource-policies="$disk" \
    --description="The messages of $name; outlives the VM" "${@:2}"
}

# The VM sees the disk under this name, whatever its own name is.
device=chat-data
attach_disk() {
  google "attaching the disk $disk" compute instances attach-disk "$name" --zone="$zone" --disk="$disk" \
    --device-name="$device"
}

# Builds the image and pushes it to the registry if needed. Sets $image_ref and $image_id.
provide_image() {
  case $image in
    *.*/*)
      # Already in a registry
      image_ref=$image
      image_id=$(printf '%s' "$image" | sha256sum | cut -c1-12)
      return
      ;;
    "")
      image=chat-server
      change "building the image" docker build --file "$here/../Dockerfile" --tag "$image" \
        --build-arg REVISION="$(git -C "$here" describe --always --dirty 2> /dev/null || echo unknown)" "$here/../.."
      ;;
  esac
  if $dry_run; then
    image_id=000000000000
  else
    image_id=$(docker image inspect --format '{{.Id}}' "$image") \
      || die "there is no image $image here; build it, or leave out --image"
    image_id=${image_id#sha256:}
    image_id=${image_id:0:12}
  fi
  image_ref=$registry/$project/$name/server:$image_id
  if $dry_run || ! gcloud artifacts docker images describe "$image_ref" --project="$project" > /dev/null 2>&1; then
    if $dry_run; then ask artifacts docker images describe "$image_ref"; fi
    google "letting docker use the registry" auth configure-docker "$registry" --quiet
    change "naming the image" docker tag "$image" "$image_ref"
    change "pushing the image" docker push "$image_ref"
  fi
}

# The value of one metadata item of the VM
instance_metadata() {
  ask compute instances describe "$name" --zone="$zone" --flatten="metadata.items[]" \
    --format="value[separator='='](metadata.items.key,metadata.items.value)" | sed -n "s/^$1=//p"
}

# usage: templated_metadata TEMPLATE ITEM: the same for a template
templated_metadata() {
  ask compute instance-templates describe "$1" --flatten="properties.metadata.items[]" \
    --format="value[separator='='](properties.metadata.items.key,properties.metadata.items.value)" | sed -n "s/^$2=//p"
}

# Waits until the balancer finds all servers of a template healthy.
wait_for_group() {
  local found=0 tries
  google "waiting until all servers are of $1" compute instance-groups managed wait-until "$name" --region="$region" \
    --version-target-reached --timeout=1800
  if $dry_run; then
    ask compute backend-services get-health "$name" --region="$region" --flatten="status.healthStatus[]" \
      --format="value(status.healthStatus.healthState)"
    return
  fi
  say "waiting until the balancer finds them healthy"
  for ((tries = 0; tries < ${CHAT_DEPLOY_TRIES:-60}; tries++)); do
    found=$(gcloud compute backend-services get-health "$name" --region="$region" --flatten="status.healthStatus[]" \
      --format="value(status.healthStatus.healthState)" --project="$project" 2> /dev/null | grep -cx HEALTHY) || true
    if [ "$found" -ge "$servers" ]; then return; fi
    sleep "${CHAT_DEPLOY_PAUSE:-5}"
  done
  die "the balancer finds $found of $servers servers healthy; look at the log of one: gcloud compute instance-groups managed list-instances $name --region=$region --project=$project, then gcloud compute instances get-serial-port-output with its name and --zone"
}

# Waits until the VM reports that it runs the wanted configuration and is healthy.
wait_until_it_runs() {
  local wanted=$1 report="" tries
  if $dry_run; then
    ask compute instances get-guest-attributes "$name" --zone="$zone" --query-path=chat/running \
      --format="value(value)"
    return
  fi
  say "waiting until it runs"
  for ((tries = 0; tries < ${CHAT_DEPLOY_TRIES:-60}; tries++)); do
    report=$(gcloud compute instances get-guest-attributes "$name" --zone="$zone" --query-path=chat/running \
      --format="value(value)" --project="$project" 2> /dev/null) || true
    if [ "$report" = "$wanted healthy" ]; then return; fi
    sleep "${CHAT_DEPLOY_PAUSE:-5}"
  done
  die "the VM does not run it yet, it reports \"${report:-nothing}\" and \"$wanted healthy\" was expected; look at its log: gcloud compute instances get-serial-port-output $name --zone=$zone --project=$project"
}

# The commands of a dry run go to the standard output, whatever a function's own output is used for.
exec 3>&1
