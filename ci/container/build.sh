#!/usr/bin/env bash
# usage: ci/container/build.sh [TAG]
#        ci/container/build.sh --context FOLDER
# Builds the image without a network: the crates are vendored first. With --context it only writes what the image is built
# from, for another builder or another machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

write_context() {
    mkdir -p "$1"
    if [[ -n $(ls -A "$1") ]]; then
        echo "$1 is not empty, and nothing is overwritten" >&2
        exit 2
    fi
    git ls-files -z --cached | tar --null --files-from=- --create | tar --extract --directory "$1"
    cargo vendor --quiet --locked "$1/vendor" >/dev/null
    cat >>"$1/.cargo/config.toml" <<'CONFIG'

[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "vendor"
CONFIG
}

if [[ ${1:-} == --context ]]; then
    write_context "${2:?a folder}"
    exit
fi
engine=docker
command -v docker >/dev/null || engine=podman
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
write_context "$context"
"$engine" build --network none --tag "${1:-interleave:latest}" --file "$context/ci/container/Dockerfile" "$context"
