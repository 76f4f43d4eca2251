# shellcheck shell=bash
# What deploy.sh, update.sh and destroy.sh share: options, how gcloud is called, names. Sourced, never run.
# shellcheck disable=SC2034,SC2154  # what is set here is used there, and the other way round

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "$0")

project=""
region=europe-west3
zone=""
name=chat-server
image=""
machine_type=e2-micro
port=3306
memory=256m
env_file=""
network=default
dry_run=false
yes=false

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

# Which flags a script knows stands in $flags, its help in usage().
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
      --dry-run) dry_run=true ;;
      --yes) yes=true ;;
      --help | -h) usage; exit 0 ;;
    esac
    shift
  done
  [ -n "$project" ] || die "--project is missing, expected the id of a Google Cloud project; see --help" 2
  [ -n "$zone" ] || zone=$region-b
  case $zone in
    "$region"-?) ;;
    *) die "--zone is \"$zone\", expected one in the region $region, such as $region-b" 2 ;;
  esac
  [[ $name =~ ^[a-z]([-a-z0-9]{4,28}[a-z0-9])$ ]] \
    || die "--name is \"$name\", expected 6 to 30 lower-case letters, digits and hyphens, a letter first" 2
  if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then
    die "--port is \"$port\", expected a number from 1 to 65535" 2
  fi
  [[ $memory =~ ^[0-9]+[mg]$ ]] || die "--memory is \"$memory\", expected a number with m or g, such as 256m" 2
  [ -z "$env_file" ] || [ -r "$env_file" ] || die "--env-file $env_file cannot be read" 2
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

# Asks Google something that changes nothing; prints the answer. In a dry run it prints the command instead, and
# nothing comes back: as if nothing were there yet.
ask() {
  if $dry_run; then
    print_command gcloud "$@" --project="$project" >&3
    return 0
  fi
  gcloud "$@" --project="$project" \
    || die "gcloud could not tell what is there (its words are above); mend that and run the same command again"
}

# Changes something. usage: change "what is being done" COMMAND...
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

# What there is of ours; each prints its name, or nothing.
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
existing_log_role() {
  ask projects get-iam-policy "$project" --flatten="bindings[].members" \
    --filter="bindings.role=roles/logging.logWriter AND bindings.members=serviceAccount:$service_account" \
    --format="value(bindings.role)"
}

# The image's name in the registry; builds and pushes it if it is not there. Sets $image_ref and $image_id.
provide_image() {
  case $image in
    *.*/*)
      # In a registry already
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

# Waits until the VM reports that it runs what was asked for, and that it is healthy.
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
