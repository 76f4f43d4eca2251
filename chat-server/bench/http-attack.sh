#!/usr/bin/env bash
# Lets others attack the server's HTTP and judge its TLS: slowhttptest (slow headers, slow bodies, slow readers, byte
# ranges) and testssl.sh, both of Debian. Three minutes; exits with 1 if either finds something.
#
#     mvn -q package -DskipTests && chat-server/bench/http-attack.sh
#     chat-server/bench/http-attack.sh slow|tls        # one of them
#
# Slow clients hold 1,000 connections for 25 seconds each. That is no fault as long as others are served: every second
# one asks for the page, and must have it within two. The server must also have closed those that were slow.
# What testssl.sh says of the certificate is left out where it is about the certificate of a test: nobody can ask
# whether it was revoked. It trusts an authority that is made here. BREACH needs a secret and a stranger's words in one
# compressed answer; only the files of the page are compressed, and here is looked whether that is so.
#
# Needs slowhttptest, testssl.sh, openssl, curl and jq.
set -euo pipefail
cd "$(dirname "$0")/../.."

what=${1:-all}
connections=1000 seconds=25
jar=$PWD/chat-server/target/chat-server.jar
work=$(mktemp -d)
server=
failed=0

fail() { echo "http-attack.sh: $1" >&2; exit 1; }
bad() { failed=1; echo "FAILED  $1"; }
# shellcheck disable=SC2317 # called by the trap
cleanup() { [ -z "$server" ] || kill "$server" 2> /dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

[ -f "$jar" ] || fail "chat-server.jar is missing; 'mvn package' makes it"
for program in slowhttptest testssl openssl curl jq; do
  command -v $program > /dev/null || fail "$program is not installed; it is in Debian's package ${program/%testssl/testssl.sh}"
done
ulimit -n 8192 2> /dev/null || true

# usage: start OPTION..., then $port is where it listens
start() {
  java -jar "$jar" --host 127.0.0.1 --port 0 --admin off "$@" > "$work/log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    port=$(sed -n 's/^listening on 127.0.0.1:\([0-9]*\).*/\1/p' "$work/log")
    [ -z "$port" ] || return 0
    kill -0 $server 2> /dev/null || fail "the server has not come up: $(cat "$work/log")"
    sleep 0.1
  done
  fail "the server has not come up: $(cat "$work/log")"
}
stop() { kill $server; wait $server || true; server=; }

# usage: slow NAME OPTION..., with the options of slowhttptest
slow() {
  local name=$1 asked=0 late=0
  shift
  slowhttptest "$@" -c $connections -r 300 -l $seconds -i 5 -p 3 > "$work/$name" 2>&1 &
  local attack=$!
  while kill -0 $attack 2> /dev/null; do
    asked=$((asked + 1))
    curl -sS -o "$work/page" --max-time 2 "http://127.0.0.1:$port/" 2>> "$work/late" || late=$((late + 1))
    sleep 1
  done
  wait $attack || true
  local closed
  closed=$(sed 's/\x1b\[[0-9;]*m//g' "$work/$name" | sed -n 's/^ *closed: *\([0-9]*\).*/\1/p' | tail -1)
  if [ "$asked" -lt 5 ]; then
    bad "$name: the attack did not go on: $(tail -5 "$work/$name")"
  elif [ "$late" -gt 0 ]; then
    bad "$name: $late of $asked times the page did not come within 2 s: $(head -1 "$work/late")"
  elif grep -q 'service available: *NO' "$work/$name"; then
    bad "$name: slowhttptest found the service not available"
  else
    echo "ok      $name: the page came $asked of $asked times; the server closed ${closed:-?} of $connections connections"
  fi
}

if [ "$what" != tls ]; then
  start --registration-timeout 10s
  page=http://127.0.0.1:$port/
  script=$(curl -sS "$page" | sed -n 's/.*src="\([^"]*main.js\)".*/\1/p')
  slow slow-headers -H -u "$page" -x 24
  slow slow-body -B -u "${page}api/rooms/lobby/messages?name=slow" -t POST -s 8192 -x 10
  slow slow-read -X -u "http://127.0.0.1:$port$script" -w 64 -y 256 -n 5 -z 32 -k 3
  slow ranges -R -u "http://127.0.0.1:$port$script" -a 1 -b 3000
  stop
fi

if [ "$what" != slow ]; then
  (
    cd "$work"
    openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 300 -subj "/CN=authority of a test" -keyout ca.key -out ca.pem \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 -subj "/CN=localhost" -keyout key.pem -out server.csr
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n' > extensions
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 90 -sha256 -extfile extensions -out cert.pem
  ) > "$work/openssl" 2>&1 || fail "openssl has not made a certificate: $(cat "$work/openssl")"
  start --tls-cert "$work/cert.pem" --tls-key "$work/key.pem"
  testssl --quiet --color 0 --warnings off --connect-timeout 10 --openssl-timeout 10 --add-ca "$work/ca.pem" --ip 127.0.0.1 \
    --jsonfile "$work/tls.json" "localhost:$port" > "$work/tls" 2>&1 || true
  [ -s "$work/tls.json" ] || fail "testssl.sh has not run: $(tail -5 "$work/tls")"
  # A certificate of a test says nothing of revocation, transparency and DNS
  found=$(jq -r '.[] | select(.severity as $s | ["LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"] | index($s))
    | select(.id | test("^(cert_revocation|OCSP_stapling|DNS_CAArecord|certificate_transparency|cert_crlDistributionPoints|cert_ocspURL|BREACH)") | not)
    | "        \(.severity) \(.id): \(.finding)"' "$work/tls.json")
  for path in /api /api/rooms '/api/rooms/lobby/messages?name=a' '/api/search?q=a'; do
    ! curl -sSk -D - -o "$work/page" -H 'Accept-Encoding: gzip, br, deflate' "https://localhost:$port$path" | grep -i '^content-encoding' \
      || bad "$path is compressed"
  done
  if [ -n "$found" ]; then
    bad "testssl.sh found:"
    echo "$found"
  else
    echo "ok      testssl.sh: $(jq length "$work/tls.json") checks, nothing found"
  fi
  stop
fi
exit $failed
