#!/usr/bin/env bash
# Makes the keys and certificates that IdentityTest reads, as openssl and the tools around ACME write them.
# They are for tests only, and protect nothing.
set -euo pipefail
cd "$(dirname "$0")"

root() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 36500 -subj /CN=root 2>/dev/null; }
ca() { # NAME, signed by root
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -days 36500 -out "$1.pem" -extfile <(echo basicConstraints=critical,CA:TRUE) 2>/dev/null
}
leaf() { # NAME KEY, signed by intermediate
  openssl req -new -key "$2" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA intermediate.pem -CAkey intermediate.key -days 36500 -out "$1.pem" -extfile <(echo subjectAltName=DNS:localhost) 2>/dev/null
}

root
ca intermediate
openssl ecparam -name prime256v1 -genkey -out ec-with-parameters.key          # PARAMETERS, then SEC 1
openssl ec -in ec-with-parameters.key -out ec-sec1.key 2>/dev/null            # SEC 1, as acme.sh writes it
openssl pkcs8 -topk8 -nocrypt -in ec-sec1.key -out ec-pkcs8.key
openssl ec -in ec-sec1.key -aes256 -passout pass:secret -out ec-sec1-encrypted.key 2>/dev/null
openssl pkcs8 -topk8 -passout pass:secret -in ec-sec1.key -out ec-pkcs8-encrypted.key
leaf ec ec-sec1.key
openssl genrsa -traditional -out rsa-pkcs1.key 2048 2>/dev/null               # PKCS #1, as lego writes it
leaf rsa rsa-pkcs1.key
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key 2>/dev/null
leaf pss pss.key
openssl ecparam -name secp256k1 -genkey -noout -out curve.key                 # a curve that Java does not have
leaf curve curve.key
openssl genpkey -algorithm ed25519 -out ed25519.key
leaf ed25519 ed25519.key
rm -f ./*.csr ./*.srl root.key intermediate.key
