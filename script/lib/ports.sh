# Ports on the loopback, claimed so that two clones starting at the same moment do not choose the same one.

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# claim_port <variable> <wanted>: sets the variable to the wanted port or the next free one. The claim is a lock on a
# descriptor of the shell's own choice, held by it and what it starts: 3 to 9 are the locks of services and runs.
claim_port() {
    local folder=/tmp/weidong-$EUID-ports port claim
    mkdir -m 700 -p "$folder"
    for ((port = $2; port < $2 + 100; port++)); do
        exec {claim}>"$folder/$port"
        if flock -n "$claim" && ! port_is_taken "$port"; then
            [[ $port == "$2" ]] || say "Port $2 is taken; using $port instead."
            declare -gx "$1=$port"
            return
        fi
        exec {claim}>&-
    done
    fail "No free port from $2 to $((port - 1))."
}
