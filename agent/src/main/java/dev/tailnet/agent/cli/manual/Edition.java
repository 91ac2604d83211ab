package dev.tailnet.agent.cli.manual;

/**
 * What the edges of a page say.
 *
 * @param program with its version
 * @param date of the build, as in 2026-01-31
 */
public record Edition(String program, String date) {}
