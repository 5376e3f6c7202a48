-- The database of Guatu and who may do what in it. Once, as a superuser, before the first server starts:
--
--   psql -v ON_ERROR_STOP=1 -f roles.sql postgres://postgres@db.example.org/postgres
--   psql -c '\password guatu_server' postgres://postgres@db.example.org/postgres
--
-- guatu_owner   owns the schemas and all in them; nobody signs in as it.
-- guatu_server  is what servers sign in as, and acts as the owner: a server brings its own tables up to date.
-- guatu_reader  reads the views of the collections, for QGIS and reports; people and programs become members of it.

CREATE ROLE guatu_owner NOLOGIN;
CREATE ROLE guatu_server LOGIN CONNECTION LIMIT 60 IN ROLE guatu_owner;
CREATE ROLE guatu_reader NOLOGIN;

CREATE DATABASE guatu OWNER guatu_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE guatu FROM PUBLIC;
GRANT CONNECT ON DATABASE guatu TO guatu_server, guatu_reader;

-- What a server makes belongs to the owner, whoever signed in: passwords, and the logins that have them, can change.
ALTER ROLE guatu_server IN DATABASE guatu SET role = 'guatu_owner';

\connect guatu
-- Only a superuser may bring this in.
CREATE EXTENSION IF NOT EXISTS postgis;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA guatu AUTHORIZATION guatu_owner;
CREATE SCHEMA guatu_views AUTHORIZATION guatu_owner;
CREATE SCHEMA guatu_accounts AUTHORIZATION guatu_owner;

GRANT USAGE ON SCHEMA guatu_views TO guatu_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE guatu_owner IN SCHEMA guatu_views GRANT SELECT ON TABLES TO guatu_reader;

-- Somebody who may read:  CREATE ROLE li_ming LOGIN CONNECTION LIMIT 4 IN ROLE guatu_reader;
--                         ALTER ROLE li_ming SET default_transaction_read_only = on;
--                         ALTER ROLE li_ming SET statement_timeout = '60s';
--                         \password li_ming
