# Everything here also works with plain cargo.

# All that CI asks for on this platform.
check:
    .ci/run

# Build the window and the command line, optimized.
build:
    cargo build --release --package plimsoll

# Open the window, or run a subcommand: `just run check FILE`.
run *args:
    cargo run --release --package plimsoll -- {{args}}

# Unit, integration and doc tests.
test *args:
    cargo test --workspace {{args}}

# Format the code.
fmt:
    cargo fmt --all

# Lints, as errors.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Accept new picture snapshots; look at them before the commit.
snap:
    UPDATE_SNAPSHOTS=1 cargo test --package plimsoll

# Events per second of the engine.
bench *args:
    cargo bench --workspace {{args}}

# The API documentation.
docs:
    cargo doc --workspace --no-deps

# Advisories, licenses, duplicates and sources of what we depend on.
deny:
    cargo deny check
