package dev.tailnet.agent.config;

import java.time.Duration;

/**
 * What clients are granted.
 *
 * @param connections how many may be open at once
 * @param connectionsPerClient how many of one user or address; 0 is no limit
 * @param handshake from accept to a complete request
 * @param dial for a target to be reached
 * @param idle how long a tunnel may carry no byte; zero is no limit
 * @param headerSize bytes of an HTTP request's header fields
 */
public record Limits(
        int connections, int connectionsPerClient, Duration handshake, Duration dial, Duration idle, int headerSize) {}
