package dev.tailnet.agent.cli;

/** The help of {@code up} and {@code login}. */
final class UpHelp {
    static final String[] UP = {
        "Connects the node of the running agent to its tailnet and waits until it is up.",
        "",
        "It logs in with an auth key, or shows a URL at which somebody does. Without settings it changes none.",
        "",
        "Settings are complete: what is set and not mentioned would go back to its default, so such a call is refused and"
                + " shown in full. --reset does it all the same; 'set' changes single settings. What the agent was started"
                + " with (--hostname, --login-server and others) is back when it starts again."
    };
    static final String[] LOGIN = {
        "Logs the node of the running agent in anew and waits until it is up.",
        "",
        "It logs in with an auth key, or shows a URL at which somebody does, also when the node is logged in already."
    };

    private UpHelp() {}

    static String[] examples(boolean isLogin) {
        return isLogin
                ? new String[] {"", "Examples:", "  tailnet-agent login --qr", "  tailnet-agent login --timeout=5m"}
                : new String[] {
                    "",
                    "Examples:",
                    "  tailnet-agent up --qr",
                    "  tailnet-agent up --auth-key=file:/run/secrets/ts-authkey --hostname=box --advertise-tags=tag:ci",
                    "  tailnet-agent up --force-reauth --timeout=5m"
                };
    }
}
