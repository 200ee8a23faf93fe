# Sourced by scripts/test. Checks that the description of the API is valid, and makes random requests from it: no answer may
# be a 5xx, or have a status, type or body that the description does not contain, and the API may accept nothing that the
# description forbids. Runs once on each database, with a seed, so that a second run finds the same.

api_tools() { # prints the folder of the tools, and installs them there once, in the versions of requirements.txt
    local home
    home=$cache/api-tools-$(sha256sum scripts/api/requirements.txt | cut -c -12) || return 1
    if [[ ! -e $home/complete ]]; then
        rm -rf "$home"
        python3 -m venv "$home" >/dev/null 2>&1 || {
            apt_install python3-venv && rm -rf "$home" && python3 -m venv "$home"
        } >&2 || return 1
        "$home/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
            -r scripts/api/requirements.txt >&2 && touch "$home/complete" || return 1
    fi
    echo "$home"
}

api_asks() { # api_asks PATH [JSON]: asks the program as its owner would
    curl -sSf --max-time 10 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
        "$address/api/v1$1" ${2:+-d "$2"}
}

api_requests() { # validates the description, makes the requests, and sees that they came to something
    local token pairs='' n
    "${env[@]}" "$binary" apply masks.toml >/dev/null || return 1
    token=$("${env[@]}" "$binary" token checks --scopes pairs:read,pairs:write,messages:write,endpoints:write 2>/dev/null) || return 1
    curl -sSf --max-time 10 "$address/api/v1/openapi.json" -o openapi.json || return 1
    "$tools/bin/openapi-spec-validator" openapi.json || return 1
    for n in {100..129}; do
        api_asks /pairs "{\"reference\": \"pair-$n\", \"expiry\": {\"kind\": \"after_completion\"}, \"parties\":
            [{\"phone\": \"+15055561$n\", \"alias\": \"Fisher\"}, {\"phone\": \"+15055562$n\", \"alias\": \"Helper\"}]}" >opened || return 1
        pairs+=" $(sed 's/^{"id":"\([0-9]*\)".*/\1/' opened)"
    done
    PAIRS=$pairs SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$checks PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=5 85 \
        "$tools/bin/st" --config-file "$checks/schemathesis.toml" run openapi.json --url "$address/api/v1" \
        --header "Authorization: Bearer $token" --no-color || return 1
    for n in /endpoints '/pairs?state=ended' '/pairs?state=completed'; do
        if ! api_asks "$n" | grep -q '"id"'; then
            echo "no request got so far that $n would show anything: see scripts/api/hooks.py" >&2
            return 1
        fi
    done
    for n in $pairs; do
        if api_asks "/pairs/$n/messages" | grep -q '"id"'; then return 0; fi
    done
    echo "no request wrote into any pair: see scripts/api/hooks.py" >&2
    return 1
}

api_on() { # api_on NAME DATABASE_URL
    local folder=$work/api-$1 checks=$PWD/scripts/api binary=$CARGO_TARGET_DIR/debug/switchboard server address='' outcome
    mkdir "$folder" || return 1
    # Masks enough for every pair: an empty pool is a 503, and right.
    for n in {1000..1999}; do printf '[[mask]]\nnumber = "+1800556%04d"\n' "$n"; done >"$folder/masks.toml"
    local env=(env -i "PATH=$PATH" "HOME=$folder" "DATABASE_URL=$2" ROCKET_PORT=0 SWITCHBOARD_LOG=error
        SWITCHBOARD_EVENTS__ALLOW_PRIVATE=false)
    (cd "$folder" && exec "${env[@]}" "$binary" serve >out 2>log) &
    server=$!
    for _ in {1..300}; do
        address=$(sed -n 's/^Switchboard *\(http[^ ]*\).*/\1/p' "$folder/out")
        if [[ -n $address ]] || ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if [[ -n $address ]]; then (cd "$folder" && api_requests); else false; fi
    outcome=$?
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    # Whatever it logs as an error is a failure, too, however well it was answered.
    if [[ -s $folder/log ]]; then
        echo "the program's log says:" >&2
        head -n 20 "$folder/log" >&2
        outcome=1
    fi
    return "$outcome"
}

api() {
    start_postgres && limited cargo build --locked --features faults || return 1
    local tools
    tools=$(api_tools) || return 1
    "$postgres_bin/psql" "$TEST_POSTGRES_URL" -qc 'CREATE DATABASE api_checks' || return 1
    api_on sqlite sqlite:switchboard.db && api_on postgres "${TEST_POSTGRES_URL%/*}/api_checks"
}
