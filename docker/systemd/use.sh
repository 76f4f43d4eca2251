#!/usr/bin/env bash
# The part of test.sh that runs inside the separate systemd.
set -euo pipefail
trap 'echo "line $LINENO: $BASH_COMMAND"; journalctl --no-pager --unit chat-server | tail -20' ERR

documented=$1
rooms=http://127.0.0.1:3306/api/rooms
said() {
  curl --silent --fail "$rooms/lobby/messages?name=test" | grep --quiet --fixed-strings "$1"
}

# Installed as documented; it has started when this returns.
bash -e -c ". $documented"
curl --silent --fail --data 'before the restart' "$rooms/lobby/messages?name=test" > /dev/null
[ "$(stat --format=%U:%a /var/lib/chat-server)" = chat-server:700 ]
[ "$(stat --format=%U /proc/"$(systemctl show --property MainPID --value chat-server)")" = chat-server ]

# It reads its files again, stops gracefully, and still has the messages after a restart.
systemctl reload chat-server
systemctl restart chat-server
said 'before the restart'
[ "$(systemctl show --property NRestarts --value chat-server)" = 0 ]
systemctl stop chat-server
[ "$(systemctl show --property Result --value chat-server)" = success ]
[ "$(systemctl show --property ExecMainStatus --value chat-server)" = 0 ]

# It restarts by itself after it was killed.
systemctl start chat-server
systemctl kill --signal=KILL chat-server
until [ "$(systemctl show --property NRestarts --value chat-server)" = 1 ] && said 'before the restart'; do sleep 0.2; done

# A wrong configuration is reported once and not retried.
systemctl stop chat-server
echo CHAT_PORT=door >> /etc/default/chat-server
if systemctl start chat-server; then false; fi
[ "$(systemctl show --property ExecMainStatus --value chat-server)" = 2 ]
[ "$(systemctl show --property ActiveState --value chat-server)" = failed ]
journalctl --no-pager --unit chat-server | grep --quiet 'CHAT_PORT'

echo "the service does what it should"
