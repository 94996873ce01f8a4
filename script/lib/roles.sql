-- Run by the superuser of the private cluster, again whenever this file changes: every statement may be repeated.
-- The owner migrates; the platform runs as weidong_app, which may not alter a table; tests make databases of their own.
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['weidong_owner', 'weidong_app', 'weidong_test']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec

ALTER ROLE weidong_test CREATEDB;
ALTER ROLE weidong_owner SET lock_timeout = '10s';
ALTER ROLE weidong_owner SET statement_timeout = '30min';
ALTER ROLE weidong_app SET lock_timeout = '5s';
ALTER ROLE weidong_app SET statement_timeout = '2min';
ALTER ROLE weidong_app SET idle_in_transaction_session_timeout = '2min';
ALTER ROLE weidong_test SET lock_timeout = '20s';
ALTER ROLE weidong_test SET statement_timeout = '2min';
ALTER ROLE weidong_test SET synchronous_commit = off;

-- PostGIS is not a trusted extension: made here once, every database made later has it.
\connect template1
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

SELECT 'CREATE DATABASE weidong OWNER weidong_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'weidong') \gexec

\connect weidong
GRANT CONNECT ON DATABASE weidong TO weidong_app;
GRANT USAGE ON SCHEMA public TO weidong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE weidong_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO weidong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE weidong_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO weidong_app;
