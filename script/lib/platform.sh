# The processes of script/server, and what the database needs before they start.

# supervisor_configuration: relative paths, so that no clone's path can upset its quoting; supervisord starts in ROOT.
supervisor_configuration() {
    local python='.venv/bin/python' lane
    cat <<END
[supervisord]
silent=true
logfile=var/log/supervisord.log
pidfile=var/run/supervisord.pid
[unix_http_server]
file=$(socket_folder)/supervisor.sock
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$(socket_folder)/supervisor.sock
END
    program web "$python -m weidong_ops.web --port $PORT"
    program gateway "$python -m simulators.gateway --port $GATEWAY_PORT --account voice --webhook-url http://127.0.0.1:$PORT/hooks"
    program weather "$python -m simulators.weather --port $WEATHER_PORT"
    for lane in alarm bulk receipts default slow; do # an alarm never waits behind a hundred thousand notices
        program "$lane" "$python -m celery -A weidong_ops worker -n $lane@%%h -Q $lane -c 1 --pool prefork --without-gossip --without-mingle -l warning"
    done
    program beat "$python -m celery -A weidong_ops beat -s var/run/beat --pidfile= -l warning"
    program pump "$python manage.py pump --watch"
    [[ -z $PRIVATE_SERVICES ]] || program holder "script/services hold"
    # One group is stopped at once; apart, one would wait for the other.
    printf '[group:platform]\nprograms=web,gateway,weather,alarm,bulk,receipts,default,slow,beat,pump%s\n' "${PRIVATE_SERVICES:+,holder}"
}

# program <name> <command>: restarted whatever its end; told to stop by the kernel when supervisord is killed. Only the
# web starts by itself: nine processes that import Django at once would hold up the first page.
program() {
    cat <<END
[program:$1]
command=setpriv --pdeathsig TERM $2
autostart=$([[ $1 == web ]] && printf true || printf false)
autorestart=true
startretries=100
stopasgroup=$([[ $1 == holder ]] && printf true || printf false)
killasgroup=true
stopwaitsecs=10
redirect_stderr=true
stdout_logfile=var/log/$1.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
END
}

# web_answers: whether /healthz says 200.
web_answers() {
    local line
    { exec 3<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null || return 1
    printf 'GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
    read -r -t 10 line <&3 || line=
    exec 3>&-
    [[ $line == *' 200 '* ]]
}

start_the_rest() { "$ROOT/.venv/bin/python" -m supervisor.supervisorctl -c "$VAR/run/supervisord.conf" start 'platform:*' >"$VAR/log/start.log"; }

manage() { (cd "$ROOT" && .venv/bin/python manage.py "$@"); }
migrate() { DATABASE_URL=$DATABASE_OWNER_URL manage migrate --noinput; }
collect_static() { manage collectstatic --noinput; }

database_is_empty() {
    "$ROOT/.venv/bin/python" - <<'END'
import os, sys, psycopg2
with psycopg2.connect(os.environ["DATABASE_URL"].replace("postgis://", "postgresql://", 1)) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT NOT EXISTS (SELECT FROM territory_area)")
    sys.exit(not cursor.fetchone()[0])
END
}

# The command prints its sign-ins; a later start only says where the password is.
load_demo() {
    if [[ ! -f $ROOT/simulators/management/commands/load_demo_district.py ]]; then
        say "Demo district: its command does not exist yet; the database stays empty"
        return
    fi
    if database_is_empty; then
        say "Demo district …"
        manage load_demo_district
    fi
    say "The demo's sign-ins share one password: DEMO_PASSWORD in var/secrets.env, unless the environment sets it"
}

# Removes what the platform of this clone has stored. Services given by URL are not ours to empty.
reset_data() {
    [[ $PRIVATE_SERVICES == *postgres*redis* ]] || fail "--reset empties private services only; DATABASE_URL or REDIS_URL names one that runs elsewhere."
    say "--reset removes the database weidong, its broker's messages, var/media and var/field_pack of $ROOT"
    if [[ -t 0 ]]; then
        read -r -p "Remove them? [y/N] " answer
        [[ $answer == [yY]* ]] || fail "Nothing was removed."
    fi
    postgres_psql -d postgres -c 'DROP DATABASE IF EXISTS weidong WITH (FORCE)'
    rm -rf "$POSTGRES_DATA/weidong_ops.prepared" "$VAR/media" "$VAR/field_pack" "$VAR/run/beat"
    postgres_prepare
    redis-cli -s "$(redis_socket)" -n 0 flushdb >/dev/null
}
