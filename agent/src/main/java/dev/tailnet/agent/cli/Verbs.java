package dev.tailnet.agent.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The subcommands; each is made only when it is called or described. */
final class Verbs {
    static final String RUN = "run";

    private final Map<String, Supplier<Verb>> all = new LinkedHashMap<>();

    Verbs(Verb run) {
        all.put(RUN, () -> run);
        all.put("status", StatusVerb::new);
        all.put("ip", IpVerb::new);
        all.put("resolve", ResolveVerb::new);
        all.put("nc", NcVerb::new);
        all.put("policy", PolicyVerb::new);
        all.put("audit", AuditVerb::new);
        all.put("env", EnvVerb::new);
        all.put("ssh-config", SshConfigVerb::new);
        all.put("bugreport", BugreportVerb::new);
        all.put("version", VersionVerb::new);
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
