# Whether the Chinese catalogue says everything the sources ask for: extracted afresh from a copy, the tree untouched.

check_translations() {
    local copy=$VAR/check/sources catalogue kind left bad=0
    rm -rf "$copy" && mkdir -p "$copy" || return 1
    tar -C "$ROOT" --exclude=./var --exclude=./.venv --exclude=./node_modules --exclude=./static/vendor --exclude=./.git \
        --exclude=./tests --exclude='*.mo' -cf - . | tar -C "$copy" -xf - || return 1
    (cd "$copy" && "$ROOT/.venv/bin/python" manage.py makemessages --locale zh_Hans --no-location --no-wrap) || return 1
    for catalogue in "$copy"/locale/zh_Hans/LC_MESSAGES/*.po; do
        msgfmt --check-format -o /dev/null "$catalogue" || bad=1
        for kind in untranslated only-fuzzy only-obsolete; do
            left=$(msgattrib "--$kind" --no-wrap "$catalogue" | grep -E '^(#~ )?msgid ".+"' || true)
            [[ -z $left ]] || { printf '%s, %s:\n%s\n' "${catalogue##*/}" "$kind" "$left" && bad=1; }
        done
    done
    return $bad
}
