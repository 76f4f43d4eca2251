# shellcheck shell=bash
# A group of servers instead of one VM, behind a balancer that forwards connections unchanged: client addresses are
# preserved, and the servers do TLS. Sourced by deploy.sh, which sets the variables used here.
# shellcheck disable=SC2154

# The servers' settings are in a template. A template cannot be changed, so a new one replaces it.
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
    --description="Whether a server of $name accepts connections"
if [ -z "$group" ]; then
  google "creating the group $name" compute instance-groups managed create "$name" --region="$region" \
    --template="$wanted" --size="$servers" --description="Servers of $name"
else
  size=$(ask compute instance-groups managed describe "$name" --region="$region" --format="value(targetSize)")
  [ "$size" = "$servers" ] \
    || google "resizing the group to $servers" compute instance-groups managed resize "$name" --region="$region" \
      --size="$servers"
  # For a group in three zones, Google requires at least three.
  [ "$wanted" = "$template" ] \
    || google "replacing the servers, three at a time" compute instance-groups managed rolling-action start-update "$name" \
      --region="$region" --version="template=$wanted" --max-surge=3 --max-unavailable=0
fi
# A server that has closed its port gets no new connections, and keeps its members until they have left.
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
