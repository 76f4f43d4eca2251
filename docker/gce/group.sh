# shellcheck shell=bash
# Servers in a group instead of one VM, behind a balancer that hands on connections as they are: members keep their
# addresses, and TLS is the servers' own. Sourced by deploy.sh, which has set what is used here.
# shellcheck disable=SC2154

# What servers are told is in a template, which cannot be changed: another one takes its place.
wanted=$name-$(printf '%s' "$config $machine_type $network" | sha256sum | cut -c1-12)
if [ "$wanted" != "$template" ]; then
  templates=$(existing_templates)
  case $'\n'$templates$'\n' in
    *$'\n'"$wanted"$'\n'*) ;;
    *)
      google "describing the servers as $wanted" compute instance-templates create "$wanted" "${machine[@]}" \
        --network-interface="network=$network"
      ;;
  esac
fi
health_check=$(existing_health_check)
[ -n "$health_check" ] \
  || google "creating the health check $name" compute health-checks create tcp "$name" --region="$region" \
    --port="$port" --check-interval=5s --timeout=5s --healthy-threshold=2 --unhealthy-threshold=3 \
    --description="Whether a server of $name takes newcomers"
if [ -z "$group" ]; then
  google "creating the group $name" compute instance-groups managed create "$name" --region="$region" \
    --template="$wanted" --size="$servers" --description="Servers of $name"
else
  size=$(ask compute instance-groups managed describe "$name" --region="$region" --format="value(targetSize)")
  [ "$size" = "$servers" ] \
    || google "resizing the group to $servers" compute instance-groups managed resize "$name" --region="$region" \
      --size="$servers"
  # Three is the least that Google takes where a group is in three zones.
  [ "$wanted" = "$template" ] \
    || google "replacing the servers, three at a time" compute instance-groups managed rolling-action start-update "$name" \
      --region="$region" --version="template=$wanted" --max-surge=3 --max-unavailable=0
fi
# A server that has closed its port takes nobody new, and keeps its members until they have gone.
backend=$(existing_backend)
[ -n "$backend" ] \
  || google "creating the balancer $name" compute backend-services create "$name" --region="$region" \
    --load-balancing-scheme=EXTERNAL --protocol=TCP --health-checks="$name" --health-checks-region="$region" \
    --connection-draining-timeout=30 --description="Servers of $name"
behind=$(ask compute backend-services describe "$name" --region="$region" --format="value(backends[].group.basename())")
[ -n "$behind" ] \
  || google "putting the group behind it" compute backend-services add-backend "$name" --region="$region" \
    --instance-group="$name" --instance-group-region="$region"
rule=$(existing_forwarding_rule)
[ -n "$rule" ] \
  || google "giving it the address $address" compute forwarding-rules create "$name" --region="$region" \
    --load-balancing-scheme=EXTERNAL --ip-protocol=TCP --address="$name" --ports="$port" --backend-service="$name"
wait_for_group "$wanted"
