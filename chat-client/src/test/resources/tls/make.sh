#!/bin/sh
# Makes the keys and certificates of the TLS tests anew, for a hundred years. They guard nothing.
set -eu
cd "$(dirname "$0")"
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1-key.pem"; }
signed() { # NAME SUBJECT_ALT_NAMES FROM TO
  key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=$1" -out made/csr
  cat > made/conf <<END
[ca]
default_ca = tests
[tests]
new_certs_dir = made
database = made/index
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = $2
extendedKeyUsage = serverAuth
END
  openssl ca -batch -notext -config made/conf -cert ca.pem -keyfile ca-key.pem \
    -startdate "$3" -enddate "$4" -in made/csr -out "$1.pem"
}
rm -rf made
mkdir made
: > made/index
key ca
openssl req -x509 -new -key ca-key.pem -subj "/CN=the tests' authority" -days 36500 -out ca.pem
key other-ca
openssl req -x509 -new -key other-ca-key.pem -subj "/CN=another authority" -days 36500 -out other-ca.pem
rm other-ca-key.pem
signed localhost DNS:localhost,IP:127.0.0.1,IP:::1 20200101000000Z 21200101000000Z
signed elsewhere DNS:chat.example.org 20200101000000Z 21200101000000Z
signed expired DNS:localhost,IP:127.0.0.1,IP:::1 20200101000000Z 20200201000000Z
rm -r ca-key.pem made
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-key.pem
openssl req -x509 -new -key rsa-key.pem -subj /CN=localhost -days 36500 -out rsa.pem
key underscore
openssl req -x509 -new -key underscore-key.pem -subj /CN=underscore -addext subjectAltName=DNS:chat_server \
  -days 36500 -out underscore.pem
key wildcard
openssl req -x509 -new -key wildcard-key.pem -subj /CN=wildcard -addext 'subjectAltName=DNS:*.example.com,DNS:*.top' \
  -days 36500 -out wildcard.pem
