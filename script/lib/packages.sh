# Packages of the distribution: which are missing, and who may install them.

first_of() { # whether any of the given patterns names a file
    local path
    for path in "$@"; do [[ -e $path ]] && return; done
    return 1
}

# missing_packages [--runtime]: names for apt-get, on one line. Services given by URL need no server of their own.
missing_packages() {
    local missing=()
    if [[ -z ${DATABASE_URL:-} ]] && ! postgres_bin >/dev/null; then missing+=(postgresql postgresql-postgis postgresql-postgis-scripts); fi
    if [[ -z ${REDIS_URL:-} ]] && ! command -v redis-server >/dev/null; then missing+=(redis-server); fi
    first_of /usr/lib/*/libgdal.so* /usr/lib/libgdal.so* /usr/local/lib/libgdal.so* || missing+=(gdal-bin)
    command -v msgfmt >/dev/null || missing+=(gettext)
    command -v npm >/dev/null || missing+=(nodejs npm)
    if ! find_python >/dev/null; then missing+=(python3 python3-venv); fi
    if [[ ${1:-} != --runtime ]]; then
        command -v chromium >/dev/null || missing+=(chromium)
        first_of /usr/share/fonts/opentype/noto/NotoSansCJK* /usr/share/fonts/noto-cjk/* || missing+=(fonts-noto-cjk)
    fi
    printf '%s' "${missing[*]:-}"
}

# The virtual environment's own interpreter, else $PYTHON, else the newest that is 3.11 or more and can make one.
find_python() {
    local name
    for name in "$ROOT/.venv/bin/python" ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$name"
        return
    done
    return 1
}

install_packages() {
    # The distribution's own cluster is of no use here; a machine that already has PostgreSQL keeps its settings.
    if [[ " $* " == *' postgresql '* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
        mkdir -p /etc/postgresql-common
        printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
}

install_command() { printf 'sudo apt-get update && sudo apt-get install -y --no-install-recommends %s' "$*"; }

# Root installs what is missing; anybody else is told what it is and the one command that installs it.
ensure_packages() {
    local missing
    missing=$(missing_packages "$@")
    [[ -n $missing ]] || return 0
    if ((EUID == 0)) && command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086  # one word per package
        step "System packages ($missing)" packages install_packages $missing
        missing=$(missing_packages "$@")
        [[ -z $missing ]] || fail "Still missing after the installation: $missing. Python must be 3.11 or newer; PYTHON=… names another one."
        return
    fi
    say "These packages of the system are missing: $missing" >&2
    say "Install them, then run this again:  $(install_command "$missing")" >&2
    fail "Where nothing may be installed, DATABASE_URL and REDIS_URL may name services that run elsewhere (see .env.example)."
}
