# Sourced by scripts/test. Runs a part of the suite again, with the release binary instead of the test build, which has kill
# points and the checks of a debug build. Each name below must match a test: if it matches none, that is a failure.

# Tests of processes that need no kill points.
ships_tests=(ships:: api::walk:: operators::commands:: operators::running::serving:: operators::doctor:: papers::the_set_up_file)

# Builds the release binary, and prints the time and memory of the build and the size of the binary, so that their growth
# is seen.
release() {
    local binary stripped=$work/stripped
    limited python3 -c '
import resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[1:])
largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
print(f"The build took {time.monotonic() - began:.0f} s; its largest process had {largest:.1f} GB.", flush=True)
sys.exit(code)' cargo build --locked --release || return 1
    binary=$(release_binary) && strip -o "$stripped" "$binary" || return 1
    printf 'The program has %d MB, stripped %d.\n' $(($(stat -c %s "$binary") / 1000000)) $(($(stat -c %s "$stripped") / 1000000))
    rm -f "$stripped"
}

ran_each() { # ran_each LOG NAME…: of each name at least one test went well
    local log=$1 name outcome=0
    shift
    for name in "$@"; do
        if ! grep -qE "^test $name.* ok$" "$log"; then
            echo "no test of $name ran" >&2
            outcome=1
        fi
    done
    return "$outcome"
}

release_binary() { # prints where it is
    local binary=$CARGO_TARGET_DIR/release/switchboard
    [[ -x $binary ]] || { echo "there is no release binary: $binary" >&2; return 1; }
    echo "$binary"
}

ships() {
    local log=$work/ships.log binary outcome
    if ran_each /dev/null "${ships_tests[@]}" 2>/dev/null; then echo "a run of no test passes" >&2; return 1; fi
    start_postgres && binary=$(release_binary) || return 1
    BINARY=$binary limited cargo test --locked --features faults --no-fail-fast --test it -- "${ships_tests[@]}" 2>&1 | tee "$log"
    outcome=${PIPESTATUS[0]}
    ran_each "$log" "${ships_tests[@]}" ships::contacts::on_{sqlite,postgres} ships::kill::on_{sqlite,postgres} || outcome=1
    return "$outcome"
}

proves() {
    local binary
    binary=$(release_binary) || return 1
    # Where PostgreSQL's own user can get to.
    TMPDIR=$work BINARY=$binary limited scripts/prove
}

ships_tour() {
    local log=$work/ships-tour.log binary outcome
    need_browser && binary=$(release_binary) || return 1
    BINARY=$binary limited node --test --test-reporter=tap tests/browser/pages/tour.test.js 2>&1 | tee "$log"
    outcome=${PIPESTATUS[0]}
    grep -qE '^# pass [1-9]' "$log" || { echo "the tour was not played" >&2; outcome=1; }
    return "$outcome"
}
