# The migrated, empty database that test databases are copied from.

test_tables_ready() { [[ $(postgres_psql -d postgres -At -c "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }

# make_test_tables <name>: under another name until every migration has run; those of earlier migrations go.
make_test_tables() (
    flock -x 6
    if test_tables_ready "$1"; then return 0; fi
    postgres_psql -d postgres -c "DROP DATABASE IF EXISTS $1_new" -c "CREATE DATABASE $1_new OWNER weidong_test" &&
        TEST_DATABASE_URL=${TEST_DATABASE_URL%/*}/$1_new TEST_TEMPLATE='' \
            DJANGO_SETTINGS_MODULE=weidong_ops.settings_test .venv/bin/python manage.py migrate --noinput -v 0 &&
        postgres_psql -d postgres -c "ALTER DATABASE $1_new RENAME TO $1" || return 1
    local old
    for old in $(postgres_psql -d postgres -At -c "SELECT datname FROM pg_database WHERE datname ~ '^migrated_'"); do
        # One that another run copies at this moment stays until the next time.
        [[ $old == "$1" ]] || postgres_psql -d postgres -c "DROP DATABASE \"$old\"" || true
    done
) 6>"$VAR/run/test.tables"
