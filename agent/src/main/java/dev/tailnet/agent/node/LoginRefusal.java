package dev.tailnet.agent.node;

import dev.tailnet.agent.node.NodeState.Kind;
import java.util.Locale;

/** The control server said no: what its words mean and what to do. Knows those of Headscale and of Tailscale. */
final class LoginRefusal {
    private LoginRefusal() {}

    static NodeState explain(Login login, String serversWords) {
        String words = serversWords.toLowerCase(Locale.ROOT);
        String rejected = "auth key rejected by " + login.server() + ": " + serversWords + ". ";
        String again = login.credential()
                .map(source -> ", put it where the old one came from (" + source + "), and " + login.whenReplaced())
                .orElse(" and run: tailnet-agent up --auth-key=file:PATH");
        if (words.contains("tag")) {
            return stuck(
                    Trouble.LOGIN_REFUSED,
                    "tags refused by " + login.server() + ": " + serversWords
                            + ". Allow them for the key's owner (tagOwners in the policy), mint a key that carries the tags,"
                            + " or leave --advertise-tags out.");
        }
        if (words.contains("already used") || words.contains("not reusable")) {
            return stuck(
                    Trouble.KEY_USED,
                    rejected + "It admits one node, once. Mint a new key (reusable, ephemeral, tagged)" + again
                            + "; or keep the identity across restarts with --state-dir.");
        }
        if (words.contains("expired")) {
            return stuck(Trouble.KEY_EXPIRED, rejected + "Mint a new key (reusable, ephemeral, tagged)" + again + ".");
        }
        if (words.contains("key")) {
            return stuck(
                    Trouble.KEY_INVALID,
                    rejected + "Check that the key is complete and belongs to this server (--login-server),"
                            + " or mint a new key (reusable, ephemeral, tagged)" + again + ".");
        }
        return NodeState.trying(
                Trouble.LOGIN_REFUSED,
                "login refused by " + login.server() + ": " + serversWords
                        + ". The server's log says more; the agent keeps trying.");
    }

    private static NodeState stuck(Trouble trouble, String reason) {
        return NodeState.stuck(Kind.NEEDS_LOGIN, trouble, reason);
    }
}
