#!/bin/sh
# PostgreSQL's image runs this once, for a new database. It creates a role that owns its database and has no other rights,
# and removes the superuser's password, so that the superuser can connect only from inside the container.
set -eu
psql --username=postgres --quiet --set=ON_ERROR_STOP=1 <<'SQL'
\set password `printenv POSTGRES_PASSWORD`
CREATE ROLE chat LOGIN PASSWORD :'password';
CREATE DATABASE chat OWNER chat ENCODING 'UTF8' TEMPLATE template0;
ALTER ROLE postgres PASSWORD NULL;
SQL
