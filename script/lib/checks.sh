# Checks side by side: each runs in the background, two at a time, and says how it went in one line.

failed=()
passed=0
declare -A running=()

# check <name> <command…>
check() {
    if ((${#running[@]} == 2)); then take_one; fi
    (
        began=$EPOCHREALTIME status=0 word='ok    '
        "${@:2}" >"$VAR/log/check-$1.log" 2>&1 || status=1 word=FAILED
        printf '%-13s %s %6s s\n' "$1" "$word" "$(seconds_since "$began")"
        exit $status
    ) &
    running[$!]=$1
}

take_one() {
    local pid status=0
    wait -n -p pid "${!running[@]}" || status=$?
    if [[ $status == 0 ]]; then passed=$((passed + 1)); else failed+=("${running[$pid]}"); fi
    unset "running[$pid]"
}

# Waits for the rest, then shows what the failing ones said.
sum_up() { # <$EPOCHREALTIME of the beginning>
    local name log
    while ((${#running[@]})); do take_one; done
    for name in "${failed[@]}"; do
        log=$VAR/log/check-$name.log
        say "" "--- $name ($log)"
        tail -n 60 "$log"
    done
    ((${#failed[@]} == 0)) || fail "" "${#failed[@]} of $((passed + ${#failed[@]})) checks failed: ${failed[*]}"
    say "$passed checks passed in $(seconds_since "$1") s"
}
