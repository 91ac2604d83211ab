package dev.tailnet.agent.cli.prefs;

/**
 * How {@code up} finds the node.
 *
 * @param preferences all of them
 * @param isRunning it is connected
 * @param needsLogin somebody has to log in
 * @param hasNodeKey it has been logged in once
 * @param hasUser the control server has said whose it is
 * @param user who calls
 */
public record NodeSituation(
        Preferences preferences,
        boolean isRunning,
        boolean needsLogin,
        boolean hasNodeKey,
        boolean hasUser,
        String user) {}
