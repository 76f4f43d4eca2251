// Checks objects against the OpenAPI schemas of Kubernetes, as kubeconform --strict does: types, words, what is required,
// and that there is no field that no schema knows. Reads a JSON array of objects, prints what is wrong with them.
import { readFileSync } from "node:fs";

const groups = {
  "v1": "IoK8sApiCoreV1",
  "apps/v1": "IoK8sApiAppsV1",
  "policy/v1": "IoK8sApiPolicyV1",
  "networking.k8s.io/v1": "IoK8sApiNetworkingV1",
};

// Schemas of Kubernetes allow fields that they do not name. A field is known if the schema's code looks at it.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  const copy = Array.isArray(value) ? [] : {};
  for (const [key, field] of Object.entries(value)) {
    const at = `${path}/${key}`;
    copy[key] = watched(field, at, unread);
    if (!Array.isArray(value)) {
      unread.add(at);
    }
  }
  return new Proxy(copy, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return target[key];
    },
  });
}

let wrong = 0;
for (const object of JSON.parse(readFileSync(0, "utf8"))) {
  const name = `${object.kind} ${object.metadata?.name}`;
  const tell = (what) => {
    console.log(`${name}: ${what}`);
    wrong++;
  };
  const group = groups[object.apiVersion];
  if (group === undefined) {
    tell(`apiVersion is "${object.apiVersion}", expected one of ${Object.keys(groups).join(", ")}`);
    continue;
  }
  let schema;
  try {
    schema = await import(`kubernetes-models/_schemas/${group}${object.kind}`);
  } catch {
    tell(`there is no such kind in ${object.apiVersion}`);
    continue;
  }
  const unread = new Set();
  if (!schema.validate(watched(object, "", unread))) {
    for (const error of schema.validate.errors) {
      tell(`${error.instancePath} is not as ${error.keyword} wants: ${JSON.stringify(error.params)}`);
    }
  } else {
    for (const field of unread) {
      tell(`${field} is no field of it`);
    }
  }
}
process.exit(wrong === 0 ? 0 : 1);
