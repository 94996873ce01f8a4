# Ports on the loopback, claimed so that two clones starting at the same moment do not choose the same one.

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# claim_port <variable> <wanted> <descriptor>: sets the variable to the wanted port or the next free one. The claim is
# a lock on the descriptor, held by this shell and what it starts.
claim_port() {
    local folder=/tmp/weidong-$EUID-ports port
    mkdir -m 700 -p "$folder"
    for ((port = $2; port < $2 + 100; port++)); do
        eval "exec $3>\"\$folder/\$port\""
        if flock -n "$3" && ! port_is_taken "$port"; then
            [[ $port == "$2" ]] || say "Port $2 is taken; using $port instead."
            declare -gx "$1=$port"
            return
        fi
    done
    fail "No free port from $2 to $((port - 1))."
}
