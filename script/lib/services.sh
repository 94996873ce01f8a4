# Brings the private services up and holds them for as long as this shell, or whatever it becomes, lives.
source "$ROOT/script/lib/postgres.sh"
source "$ROOT/script/lib/redis.sh"

# One shared lock per service says "in use"; a second one lets only one shell at a time start it.
hold_service() {
    local service=$1 users=$2
    eval "exec $users>\"\$VAR/run/\$service.users\""
    flock -s -w 60 "$users" || return 1 # waits while the last keeper is still stopping
    (
        flock -x 5
        "${service}_ready" || start_service "$service" || exit 1
        "${service}_prepare"
    ) 5>"$VAR/run/$service.starting"
}

start_service() {
    if [[ $1 == postgres ]]; then postgres_make_cluster || return 1; fi
    if [[ $(stat -c %s "$VAR/log/$1.log" 2>/dev/null) -gt 10000000 ]]; then mv "$VAR/log/$1.log" "$VAR/log/$1.log.1"; fi
    # Its own session: a closed terminal does not reach it. Not our descriptors: they are the locks it waits for.
    setsid --fork "$ROOT/script/lib/keep" "$1" </dev/null >>"$VAR/log/$1.log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    wait_until 30 "$1_ready"
}

# Services given by URL are somebody else's, unless the URL is one that this clone's own commands handed down.
PRIVATE_SERVICES=
if [[ -z ${DATABASE_URL:-} || $DATABASE_URL == *"$(postgres_host)"* ]]; then PRIVATE_SERVICES+=" postgres"; fi
if [[ -z ${REDIS_URL:-} || $REDIS_URL == *"$(redis_socket)"* ]]; then PRIVATE_SERVICES+=" redis"; fi

services_up() {
    if [[ $PRIVATE_SERVICES == *postgres* ]]; then
        step "PostgreSQL $(basename "$(dirname "$(postgres_bin)")")" services hold_service postgres 8
        postgres_urls
    else
        export DATABASE_OWNER_URL=${DATABASE_OWNER_URL:-$DATABASE_URL} TEST_DATABASE_URL=${TEST_DATABASE_URL:-$DATABASE_URL}
    fi
    if [[ $PRIVATE_SERVICES == *redis* ]]; then
        step "Redis" services hold_service redis 9
        redis_urls
    fi
}
