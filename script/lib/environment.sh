# Sourced by every command: where things are, how they speak, and the secrets of this clone.
set -euo pipefail
export LC_NUMERIC=C

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
VAR=$ROOT/var
export ROOT VAR
mkdir -p "$VAR/log" "$VAR/run"

# Settings in .env count where the environment has none of that name.
if [[ -f $ROOT/.env ]]; then
    while IFS='=' read -r name value; do
        [[ $name =~ ^[A-Z][A-Z0-9_]*$ && -z ${!name+set} ]] || continue
        [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]] && value=${BASH_REMATCH[1]}
        declare -gx "$name=$value"
    done <"$ROOT/.env"
fi

say() { printf '%s\n' "$@"; }

fail() {
    say "$@" >&2
    exit 1
}

# seconds_since <$EPOCHREALTIME of the beginning>: "12.3"
seconds_since() {
    local tenths=$(((${EPOCHREALTIME/./} - ${1/./}) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# step <label> <log name> <command…>: one line with the seconds; the output goes into var/log. `set -e` does not
# reach into the command (bash suspends it inside a condition), so functions given here chain with &&.
step() {
    local label=$1 log=$VAR/log/$2.log began=$EPOCHREALTIME
    shift 2
    printf '%s … ' "$label"
    if "$@" >"$log" 2>&1; then
        printf '%s s\n' "$(seconds_since "$began")"
    else
        printf 'failed\n'
        tail -n 20 "$log" >&2
        fail "$label failed; everything it said stands in $log"
    fi
}

# wait_until <seconds> <command…>: polls twenty times a second, answers 1 when the time is over.
wait_until() {
    local ends=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        ((${EPOCHREALTIME/./} < ends)) || return 1
        sleep 0.05
    done
}

# A socket path may have 107 bytes, a clone may lie deeper: sockets live in a short folder named after the clone's path.
# Root's is passable (not readable) so that the user postgres reaches the folder of its own inside.
socket_folder() {
    local folder mode=700
    folder=/tmp/weidong-$EUID-$(printf '%s' "$ROOT" | sha1sum | cut -c1-10)
    if ((EUID == 0)); then mode=711; fi
    mkdir -m "$mode" "$folder" 2>/dev/null || true
    [[ -d $folder && ! -L $folder && -O $folder ]] || fail "$folder belongs to somebody else; remove it and try again"
    printf '%s' "$folder"
}

# Secrets that are unset get a random value once, kept in var/secrets.env for this clone alone.
load_secrets() {
    local name file=$VAR/secrets.env
    [[ -f $file ]] || (umask 077 && : >"$file")
    for name in SECRET_KEY WEBHOOK_SECRET SMS_GATEWAY_SECRET DEMO_PASSWORD; do
        grep -q "^$name=" "$file" || printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>"$file"
        [[ -n ${!name:-} ]] || declare -gx "$name=$(sed -n "s/^$name=//p" "$file")"
    done
}

# var/run/server: process, platform, gateway and weather service of the running script/server, one a line; its lock tells whether it lives.
server_runs() { [[ -s $VAR/run/server ]] && ! flock -n "$VAR/run/server.lock" true; }

use_server_addresses() {
    export PUBLIC_URL=${PUBLIC_URL:-$(sed -n 2p "$VAR/run/server")}
    export SMS_GATEWAY_URL=${SMS_GATEWAY_URL:-$(sed -n 3p "$VAR/run/server")}
    export VOICE_GATEWAY_URL=${VOICE_GATEWAY_URL:-$(sed -n 3p "$VAR/run/server")/a/voice}
    export VOICE_GATEWAY_SECRET=${VOICE_GATEWAY_SECRET:-$SMS_GATEWAY_SECRET}
    export WEATHER_URL=${WEATHER_URL:-$(sed -n 4p "$VAR/run/server")}
    export FEED_HOSTS=${FEED_HOSTS:-${WEATHER_URL#http://}}
}
