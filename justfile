# The commands of every day. `just` lists them.

_default:
    @just --list --unsorted

# A whole job on the chain inside the process; options as in `tequio demo --help`
demo *options:
    cargo run --release -- demo {{options}}

# All tests; those that need the real models are in `just models`
test *options:
    cargo test --workspace {{options}}

# Tests on the models in ../shared/models
models:
    cargo build --release
    scripts/models/convert target/release/tequio ../shared/models target/models
    TEQUIO_MODELS=$PWD/target/models cargo test --workspace -- --ignored

# A million cases that nobody meant for every reader of strangers' bytes; `just fuzz 20000 dev` builds nothing anew
fuzz *options:
    scripts/fuzz {{options}}

# Format, lints, imports, circles, licences
lint:
    cargo fmt --all --check
    scripts/check-imports
    scripts/check-circles
    scripts/check-dependencies
    cargo clippy --workspace --all-targets --features tequio-cli/localnet,tequio-client/s3 -- -D warnings

# Rewrites every golden file: vectors, permissions, events, errors, schema
golden: schema
    TEQUIO_BLESS=1 cargo test --workspace

# Messages, events, permissions and errors of every contract
schema:
    scripts/schema

# A second implementation of docs/attestation.md against the vectors
second:
    pip install --quiet -r tests/second/requirements.txt
    python3 tests/second/check.py

# Commitment overhead and speed
bench *options:
    cargo bench --workspace {{options}}

# Contracts as the chain runs them, into artifacts/
wasm:
    scripts/wasm

# The most memory that a check takes as Wasm
memory:
    scripts/memory

# Everything CI runs
ci:
    .ci/run
