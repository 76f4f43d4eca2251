#!/bin/sh
# Run once, by PostgreSQL's image, when the database is new: makes a role that owns its database and may do nothing else.
# The superuser has no password from then on, and comes in from inside the container only.
set -eu
psql --username=postgres --quiet --set=ON_ERROR_STOP=1 <<'SQL'
\set password `printenv POSTGRES_PASSWORD`
CREATE ROLE chat LOGIN PASSWORD :'password';
CREATE DATABASE chat OWNER chat ENCODING 'UTF8' TEMPLATE template0;
ALTER ROLE postgres PASSWORD NULL;
SQL
