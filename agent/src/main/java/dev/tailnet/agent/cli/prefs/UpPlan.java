package dev.tailnet.agent.cli.prefs;

import java.util.EnumMap;

/**
 * What {@code up} does, by the rules of the real one: flags are the complete set of wanted settings, and a setting that they would
 * revert by not mentioning it has to be mentioned. Two things are kinder: {@code up} without settings changes none, also before
 * the first login and beside {@code --auth-key}; and what the agent's own settings decide on stays when not mentioned.
 */
public sealed interface UpPlan {
    /** It would revert these, which are not mentioned. */
    record Refused(Preferences reverted) implements UpPlan {}

    /** It cannot be done; the message has no end. */
    record Impossible(String reason) implements UpPlan {}

    /** Connect, with everything as it is. */
    record Resume() implements UpPlan {}

    /** Change some preferences of the connected node. */
    record Edit(Preferences changes) implements UpPlan {}

    /**
     * Start over with these preferences.
     *
     * @param login begin to log in with a browser
     */
    record Start(Preferences preferences, boolean login) implements UpPlan {}

    /** Decides. */
    static UpPlan of(UpRequest request, NodeSituation node) {
        var current = node.preferences();
        var given = request.given();
        if (given.has(Preference.EXIT_NODE_ALLOW_LAN_ACCESS)
                && given.isTrue(Preference.EXIT_NODE_ALLOW_LAN_ACCESS)
                && given.text(Preference.EXIT_NODE).isEmpty()) {
            return new Impossible("--exit-node-allow-lan-access is of use only with --exit-node");
        }
        var isBare = given.isEmpty() && !request.reset();
        var wanted = isBare ? current : given.orElse(current.defaults());
        if (!isBare && !request.reset()) {
            wanted = keepOperator(wanted, request, node);
            var reverted = reverted(given, current, wanted);
            if (!reverted.isEmpty()) {
                return new Refused(reverted);
            }
        }
        var isOtherServer = !wanted.isSame(current, Preference.LOGIN_SERVER);
        if (isOtherServer && node.isRunning() && !request.forceReauth()) {
            return new Impossible("the control server of a connected node changes only with --force-reauth");
        }
        var isLogin = request.forceReauth() || request.hasAuthKey();
        if (isBare && !isLogin && node.hasUser() && !node.needsLogin()) {
            return new Resume();
        }
        var areTagsSame = wanted.isSame(current, Preference.ADVERTISE_TAGS);
        if (node.isRunning() && !isLogin && !isOtherServer && areTagsSame) {
            return new Edit(request.reset() ? wanted : given);
        }
        var isByBrowser = request.forceReauth() || !node.hasNodeKey() || (node.needsLogin() && !request.hasAuthKey());
        return new Start(wanted, isByBrowser);
    }

    /** Who operates the node as its operator need not say so. */
    private static Preferences keepOperator(Preferences wanted, UpRequest request, NodeSituation node) {
        var operator = node.preferences().text(Preference.OPERATOR);
        return !request.given().has(Preference.OPERATOR) && operator.equals(node.user())
                ? wanted.with(Preference.OPERATOR, operator)
                : wanted;
    }

    private static Preferences reverted(Preferences given, Preferences current, Preferences wanted) {
        var reverted = new EnumMap<Preference, String>(Preference.class);
        for (var preference : Preference.values()) {
            if (!given.has(preference) && !wanted.isSame(current, preference)) {
                reverted.put(preference, current.text(preference));
            }
        }
        return new Preferences(reverted);
    }
}
