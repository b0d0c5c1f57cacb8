#!/usr/bin/env bash
# Gradescope runs this once, when it makes the image. Everything that a grading needs is there afterwards: gradings need
# no network.
set -euo pipefail
source_folder=$(cd "$(dirname "$0")" && pwd)

if ! command -v cc >/dev/null || { ! command -v cargo >/dev/null && ! command -v curl >/dev/null; }; then
    apt-get update
    apt-get install --yes gcc libc6-dev curl ca-certificates
fi
if ! command -v cargo >/dev/null; then
    # Where run_autograder looks for it.
    export CARGO_HOME=/opt/cargo RUSTUP_HOME=/opt/rustup PATH="/opt/cargo/bin:$PATH"
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error https://sh.rustup.rs |
        sh -s -- -y --profile minimal --default-toolchain stable --no-modify-path
fi

cd "$source_folder/interleave"
cargo build --package xtask --package grader
CARGO_MANIFEST_DIR="$PWD/xtask" target/debug/xtask prepare
