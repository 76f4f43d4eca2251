"""Checks what a schema cannot: that the parts of the manifests fit together, and fit the server.

    rules.py DIRECTORY            prints errors that schema.js cannot find
    rules.py DIRECTORY --objects  prints all objects of DIRECTORY and its example/ as a JSON array, for schema.js
"""
import json
import pathlib
import re
import sys

import yaml

directory = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).resolve().parent
docker = here.parent.parent
options = (docker.parent / "docs/server.md").read_text()

objects = [o for d in (directory, directory / "example") for f in sorted(d.glob("*.yaml")) for o in yaml.safe_load_all(f.read_text())]
wrong = []
if "--objects" in sys.argv:
    json.dump(objects, sys.stdout)
    sys.exit()


def expect(what, holds):
    if not holds:
        wrong.append(what)


def one(kind):
    found = [o for o in objects if o["kind"] == kind]
    if len(found) != 1:
        sys.exit(f"there are {len(found)} of the kind {kind}, expected one")
    return found[0]


def matches(selector, labels):
    return bool(selector) and selector.items() <= labels.items()


deployment = one("Deployment")["spec"]
service = one("Service")["spec"]
budget = one("PodDisruptionBudget")["spec"]
policy = one("NetworkPolicy")["spec"]
labels = deployment["template"]["metadata"]["labels"]
pod = deployment["template"]["spec"]
(container,) = pod["containers"]
ports = {p["name"]: p["containerPort"] for p in container["ports"]}
env = {e["name"]: e for e in container["env"]}

for what, selector in (
    ("Deployment", deployment["selector"]["matchLabels"]),
    ("Service", service["selector"]),
    ("PodDisruptionBudget", budget["selector"]["matchLabels"]),
    ("NetworkPolicy", policy["podSelector"]["matchLabels"]),
    *(("topologySpreadConstraint", t["labelSelector"]["matchLabels"]) for t in pod["topologySpreadConstraints"]),
):
    expect(f"the selector of {what} does not find the pods", matches(selector, labels))

# The user and its rights, as in the tests of the image
user = int(re.search(r"^USER ([1-9]\d*):\d+$", (docker / "Dockerfile").read_text(), re.M).group(1))
expect("the user is another than the image's", pod["securityContext"]["runAsUser"] == user and pod["securityContext"]["runAsNonRoot"] is True)
expect("there is no seccomp profile", pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault")
expect("the root file system can be written to", container["securityContext"]["readOnlyRootFilesystem"] is True)
expect("privileges can grow", container["securityContext"]["allowPrivilegeEscalation"] is False)
expect("capabilities are kept", container["securityContext"]["capabilities"] == {"drop": ["ALL"]})
expect("it has a token of the cluster", pod["automountServiceAccountToken"] is False)
expect("variables of services could be taken for the server's", pod["enableServiceLinks"] is False)
expect("there is no /tmp", any(m["mountPath"] == "/tmp" for m in container["volumeMounts"]))
for mount in container["volumeMounts"]:
    expect(f"there is no volume {mount['name']}", any(v["name"] == mount["name"] for v in pod["volumes"]))

resources = container["resources"]
expect("memory is asked for and limited alike", resources["requests"]["memory"] == resources["limits"]["memory"])
expect("processors are not limited, so Java counts the node's", "cpu" in resources["limits"])

# Ports, probes and who can reach them
expect("chat is not on 3306", ports.get("chat") == 3306)
expect("the admin endpoint is elsewhere", env["CHAT_ADMIN"]["value"] == f"0.0.0.0:{ports.get('admin')}")
for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
    expect(f"{probe} asks elsewhere", container[probe]["httpGet"] == {"path": path, "port": "admin"})
expect("the service publishes more than the rooms", [p["targetPort"] for p in service["ports"]] == ["chat"])
expect("members lose their addresses", service["externalTrafficPolicy"] == "Local" or "CHAT_PROXY_PROTOCOL" in env)
open_to_all = [p["port"] for rule in policy["ingress"] if "from" not in rule for p in rule["ports"]]
expect("metrics are open to everybody", open_to_all == ["chat"])
expect("the way out is open", all("ports" in rule for rule in policy["egress"]) and "Egress" in policy["policyTypes"])
allowed = {p["port"] for rule in policy["egress"] for p in rule["ports"]}
expect("names, or the database, cannot be reached", allowed == {53, 5432})

# Settings
for name in env:
    expect(f"{name} is no variable of the server", f"`{name}`" in options)
secret = env["CHAT_STORE"]["valueFrom"]["secretKeyRef"]
secrets = {o["metadata"]["name"]: o for o in objects if o["kind"] == "Secret"}
expect("the example has no such secret", secret["key"] in secrets.get(secret["name"], {}).get("stringData", {}))
for volume in pod["volumes"]:
    if "secret" in volume:
        expect(f"the example has no secret {volume['secret']['secretName']}", volume["secret"]["secretName"] in secrets)
expect("no password is to be in what is applied", not any(o["kind"] == "Secret" for f in directory.glob("*.yaml") for o in yaml.safe_load_all(f.read_text())))

# Termination, and how many pods stop at once
drain = int(env.get("CHAT_DRAIN_SECONDS", {}).get("value") or re.search(r"`CHAT_DRAIN_SECONDS` \| `(\d+)`", options).group(1))
pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
grace = pod["terminationGracePeriodSeconds"]
expect(f"it is killed after {grace} s, and may take {pause} + {drain} + 1", grace >= pause + drain + 1 + 5)
expect("one server is no cluster", deployment["replicas"] >= 2)
expect("an update takes servers away before there are others", deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0)
expect("more than one server goes when nodes are emptied", budget["maxUnavailable"] == 1)

sys.exit("\n".join(wrong) or 0)
