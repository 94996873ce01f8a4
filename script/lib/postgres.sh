# The private PostgreSQL/PostGIS of this clone: no TCP port, a socket folder only its owner can enter.

POSTGRES_DATA=$VAR/postgres
POSTGRES_ROLES=$ROOT/script/lib/roles.sql

# The programs that made the data, else the newest that have PostGIS. Answers 1 when there are none.
postgres_bin() {
    local bin version
    for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
        version=${bin%/bin} version=${version##*/}
        [[ -x $bin/initdb && -f /usr/share/postgresql/$version/extension/postgis.control ]] || continue
        [[ ! -f $POSTGRES_DATA/PG_VERSION || $(<"$POSTGRES_DATA/PG_VERSION") == "$version" ]] || continue
        printf '%s' "$bin"
        return
    done
    return 1
}

# PostgreSQL refuses to run as root: root lends it the user postgres, anybody else runs it as oneself.
as_postgres() {
    if ((EUID == 0)); then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups "$@")
    else
        "$@"
    fi
}

postgres_socket() { printf '%s/postgres' "$(socket_folder)"; }

# var/postgres is the data, or a link to it where the user postgres cannot reach into the clone (a private home).
postgres_make_cluster() {
    local data=$POSTGRES_DATA
    [[ ! -e $POSTGRES_DATA ]] || return 0
    if ((EUID == 0)) && ! as_postgres test -x "$VAR"; then
        data=/var/lib/weidong_ops/$(basename "$(socket_folder)")
        rm -rf "$data" # of an earlier clone of this path; with its var/ gone it is nobody's
        mkdir -p "${data%/*}" && ln -sfn "$data" "$POSTGRES_DATA" || return 1
    fi
    rm -rf "$data.new" && mkdir -m 700 "$data.new" || return 1
    if ((EUID == 0)); then chown postgres:postgres "$data.new"; fi
    # Sorting by code point lets plain indexes serve prefixes; the character type must know Chinese, or pg_trgm
    # sees no letters in it.
    as_postgres "$(postgres_bin)/initdb" -D "$data.new" -U postgres --encoding=UTF8 --lc-collate=C \
        --lc-ctype=C.UTF-8 --lc-messages=C --auth-local=trust --auth-host=reject --no-sync &&
        mv "$data.new" "$data"
}

# In the foreground; `setpriv` lends it the interrupt (PostgreSQL's fast stop) when its keeper dies.
postgres_run() {
    local socket memory buffers
    socket=$(postgres_socket)
    mkdir -m 700 -p "$socket"
    if ((EUID == 0)); then chown postgres:postgres "$socket"; fi
    memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    buffers=$((memory / 8 > 512 ? 512 : memory / 8))
    local rights=()
    if ((EUID == 0)); then rights=(--reuid=postgres --regid=postgres --init-groups); fi
    cd /
    exec setpriv "${rights[@]}" --pdeathsig INT "$(postgres_bin)/postgres" -D "$(readlink -f "$POSTGRES_DATA")" \
        -c listen_addresses= -c unix_socket_directories="$socket" -c unix_socket_permissions=0700 \
        -c shared_buffers="${buffers}MB" -c max_wal_size=8GB -c max_connections=100 -c timezone=UTC \
        -c log_line_prefix='%m [%p] %u '
}

postgres_psql() { PGOPTIONS='-c client_min_messages=warning' as_postgres "$(postgres_bin)/psql" -X -q -v ON_ERROR_STOP=1 -h "$(postgres_socket)" -U postgres "$@"; }

postgres_ready() { "$(postgres_bin)/pg_isready" -q -h "$(postgres_socket)" -U postgres; }

# Roles, extensions and the database, once per version of roles.sql.
postgres_prepare() {
    local stamp=$POSTGRES_DATA/weidong_ops.prepared
    cmp -s "$POSTGRES_ROLES" "$stamp" && return
    postgres_psql -d postgres <"$POSTGRES_ROLES" && cp "$POSTGRES_ROLES" "$stamp"
}

# The socket folder as it stands in a URL.
postgres_host() {
    local socket
    socket=$(postgres_socket)
    printf '%s' "${socket//\//%2F}"
}

postgres_urls() {
    local host
    host=$(postgres_host)
    export DATABASE_URL=postgis://weidong_app@$host/weidong
    export DATABASE_OWNER_URL=postgis://weidong_owner@$host/weidong
    export TEST_DATABASE_URL=postgis://weidong_test@$host/weidong
    export APP_ROLE=weidong_app
}
