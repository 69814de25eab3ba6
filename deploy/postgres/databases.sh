#!/bin/bash
# Run once by PostgreSQL's image, on an empty volume: two databases that know nothing of each other, and three roles.
# Fulfilment's tables belong to one role and are used by another, which may change neither ledger nor shares (grant_app_role).
set -euo pipefail

psql --username postgres --set ON_ERROR_STOP=1 \
    --set saleor="$SALEOR_DATABASE_PASSWORD" \
    --set owner="$FULFILMENT_OWNER_PASSWORD" \
    --set app="$FULFILMENT_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE saleor LOGIN PASSWORD :'saleor';
CREATE ROLE fulfilment_owner LOGIN PASSWORD :'owner';
CREATE ROLE fulfilment_app LOGIN PASSWORD :'app';
CREATE DATABASE saleor OWNER saleor;
-- The locale that the tests know; it does not change with the system's library.
CREATE DATABASE fulfilment OWNER fulfilment_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE saleor, fulfilment, postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE fulfilment TO fulfilment_app;
SQL
