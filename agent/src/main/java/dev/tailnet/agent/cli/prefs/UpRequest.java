package dev.tailnet.agent.cli.prefs;

/**
 * What {@code up} or {@code login} was called with.
 *
 * @param given the preferences that its flags mention
 * @param reset preferences that no flag mentions get their defaults
 * @param forceReauth log in again even if the node is logged in
 * @param hasAuthKey no person has to log in
 */
public record UpRequest(Preferences given, boolean reset, boolean forceReauth, boolean hasAuthKey) {}
