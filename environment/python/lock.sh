#!/bin/sh
# Writes the hash-locked files anew after a change of an .in file. Needs uv (https://docs.astral.sh/uv), which set-up does not.
set -e
cd "$(dirname "$0")"
lock() { uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q "$@"; }
lock pip.in -o pip.txt
lock requirements.in -o requirements.txt
lock --constraint requirements.txt cluster.in -o cluster.txt
lock --no-deps tensorflow-cpu.in -o tensorflow-cpu.txt
lock --no-deps tensorflow-cuda.in -o tensorflow-cuda.txt
lock ../audit/requirements.in -o ../audit/requirements.txt
