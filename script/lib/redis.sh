# The private Redis of this clone: a socket only its owner can open; what it holds survives a restart.

redis_socket() { printf '%s/redis.sock' "$(socket_folder)"; }

redis_run() {
    local socket
    socket=$(redis_socket)
    mkdir -p "$VAR/redis"
    cd "$VAR/redis"
    exec setpriv --pdeathsig TERM redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 --databases 32 \
        --appendonly yes --save '' --maxmemory-policy noeviction
}

redis_prepare() { :; }

redis_ready() { [[ $(timeout 1 redis-cli -s "$(redis_socket)" ping 2>/dev/null) == PONG ]]; }

redis_urls() { export REDIS_URL="unix://$(redis_socket)?db=0"; }
