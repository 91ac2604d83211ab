package dev.tailnet.agent.node;

/**
 * Why no auth key can be had for an OAuth client or a federated identity.
 *
 * @param refused for good; else the library keeps trying
 */
record CredentialTrouble(String words, boolean refused) {

    NodeState explain(Login login) {
        String what = "no auth key for " + login.credential().orElse("the credential") + ": " + words + ". ";
        return refused
                ? NodeState.stuck(
                        NodeState.Kind.NEEDS_LOGIN,
                        Trouble.KEY_INVALID,
                        what + "Check the client, its scope (auth_keys) and that it may give the node's tags"
                                + " (--advertise-tags); then " + login.whenReplaced() + ".")
                : NodeState.trying(Trouble.KEY_MISSING, what + "The agent keeps trying.");
    }
}
