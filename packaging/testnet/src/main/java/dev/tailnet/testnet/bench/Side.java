package dev.tailnet.testnet.bench;

/** Who is measured. */
enum Side {
    TAILSCALED,
    AGENT
}
