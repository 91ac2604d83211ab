package dev.tailnet.agent.config;

import java.time.Duration;

/**
 * How the audit is kept.
 *
 * @param maxSize bytes of a file from which on it is rotated; 0 is never
 * @param maxAge of a file's first line from which on it is rotated; zero is never
 * @param keep how many rotated files are left; 0 is all
 * @param fsync whether what is written reaches the disk at once
 */
public record AuditSettings(
        AuditTarget target, int maxSize, Duration maxAge, int keep, boolean fsync, AuditFailure onFailure) {}
