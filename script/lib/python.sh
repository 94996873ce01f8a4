# The virtual environment in .venv, filled from the pinned requirements when they have changed.

# install_requirements <file>…
install_requirements() {
    local files=() file
    for file in "$@"; do files+=(-r "$ROOT/$file"); done
    # uv is three times as fast as pip; where it cannot be had, pip does. Bytecode is compiled now, or every start pays.
    if [[ -x $ROOT/.venv/bin/uv ]] || "$ROOT/.venv/bin/python" -m pip install --quiet 'uv>=0.5'; then
        VIRTUAL_ENV=$ROOT/.venv "$ROOT/.venv/bin/uv" pip install --compile-bytecode "${files[@]}" && return
        printf 'uv failed; trying pip\n'
    fi
    "$ROOT/.venv/bin/python" -m pip install --compile "${files[@]}"
}

# ensure_python [--runtime]: what the platform runs on, and unless told otherwise what tests and checks need on top.
ensure_python() {
    local files=(requirements.txt) stamp=$ROOT/.venv/weidong_ops.requirements wanted
    [[ ${1:-} == --runtime ]] || files+=(requirements-dev.txt)
    if ! [[ -x $ROOT/.venv/bin/python ]] || ! "$ROOT/.venv/bin/python" -c '' 2>/dev/null; then
        step "Virtual environment" venv "$(find_python)" -m venv --clear "$ROOT/.venv"
    fi
    wanted=$(cd "$ROOT" && sha256sum "${files[@]}" | sha256sum | cut -c1-64)
    ! grep -qsx "$wanted" "$stamp" || return 0
    step "Python packages" python install_requirements "${files[@]}"
    # With the full set the smaller one is there too; a changed file makes both stale.
    (cd "$ROOT" && sha256sum requirements.txt | sha256sum | cut -c1-64) >"$stamp"
    printf '%s\n' "$wanted" >>"$stamp"
}
