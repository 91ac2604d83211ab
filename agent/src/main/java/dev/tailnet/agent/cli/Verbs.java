package dev.tailnet.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The subcommands; each is made only when it is called or described. */
final class Verbs {
    static final String RUN = "run";

    private final Map<String, Supplier<Verb>> all = new LinkedHashMap<>();

    private Verbs() {}

    /** All. */
    static Verbs ofAgent(Verb run) {
        var verbs = new Verbs();
        verbs.all.put(RUN, () -> run);
        verbs.all.put("entrypoint", EntrypointVerb::new);
        verbs.all.put("up", UpVerb::up);
        verbs.all.put("down", DownVerb::new);
        verbs.all.put("login", UpVerb::login);
        verbs.all.put("logout", LogoutVerb::new);
        verbs.all.put("set", SetVerb::new);
        verbs.all.put("wait", WaitVerb::new);
        verbs.all.put("status", StatusVerb::new);
        verbs.all.put("ip", IpVerb::new);
        verbs.all.put("ping", PingVerb::new);
        verbs.all.put("whois", WhoisVerb::new);
        verbs.all.put("netcheck", NetcheckVerb::new);
        verbs.all.put("resolve", ResolveVerb::new);
        verbs.all.put("check", CheckVerb::new);
        verbs.all.put("nc", NcVerb::new);
        verbs.all.put("exec", ExecVerb::new);
        verbs.all.put("policy", PolicyVerb::new);
        verbs.all.put("audit", AuditVerb::new);
        verbs.all.put("env", EnvVerb::new);
        verbs.all.put("ssh-config", SshConfigVerb::new);
        verbs.all.put("metrics", MetricsVerb::ofAgent);
        verbs.all.put("bugreport", BugreportVerb::new);
        verbs.all.put("version", VersionVerb::new);
        verbs.all.put("completion", () -> new CompletionVerb(verbs, Invocation.TAILNET_AGENT));
        return verbs;
    }

    /** Those that tailscale's command line has as well, as it has them. */
    static Verbs ofTailscale() {
        var verbs = new Verbs();
        verbs.all.put("up", UpVerb::up);
        verbs.all.put("down", DownVerb::new);
        verbs.all.put("set", SetVerb::new);
        verbs.all.put("login", UpVerb::login);
        verbs.all.put("logout", LogoutVerb::new);
        verbs.all.put("netcheck", NetcheckVerb::new);
        verbs.all.put("ip", TailscaleIpVerb::new);
        verbs.all.put("status", TailscaleStatusVerb::new);
        verbs.all.put("metrics", MetricsVerb::ofNode);
        verbs.all.put("ping", PingVerb::new);
        verbs.all.put("nc", NcVerb::new);
        verbs.all.put("version", TailscaleVersionVerb::new);
        verbs.all.put("whois", WhoisVerb::new);
        verbs.all.put("wait", WaitVerb::new);
        verbs.all.put("completion", () -> new CompletionVerb(verbs, Invocation.TAILSCALE));
        return verbs;
    }

    /** Returns the one named, if there is one, else all of them. */
    Map<String, Verb> select(String name) {
        var selected = new LinkedHashMap<String, Verb>();
        all.forEach((known, verb) -> {
            if (known.equals(name) || !all.containsKey(name)) {
                selected.put(known, verb.get());
            }
        });
        return selected;
    }
}
