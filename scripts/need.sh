# Sourced by the other scripts. Installs what they need and do not find.

as_root() {
    if ((EUID == 0)); then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}
apt_updated=
apt_install() { # apt_install PACKAGE…
    command -v apt-get >/dev/null || { echo "please install: $*" >&2; return 1; }
    if [[ -z $apt_updated ]]; then as_root apt-get update -qq && apt_updated=1; fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        { echo "could not install $*: run 'apt-get install $*' as root" >&2; return 1; }
}

find_chromium() { type -P chromium || type -P chromium-browser || type -P google-chrome; }

need_browser() { # Chromium, named in CHROMIUM, and the node packages that drive it
    find_chromium >/dev/null || apt_install chromium fonts-inter || return 1
    CHROMIUM=$(find_chromium) || return 1
    export CHROMIUM
    (cd tests/browser && npm ci --silent --no-audit --no-fund --ignore-scripts)
}
