package dev.tailnet.agent.config;

import dev.tailnet.proxy.auth.Users;
import dev.tailnet.proxy.forward.ForwardSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything the agent needs to run, validated.
 *
 * @param node who the node is on the tailnet
 * @param listeners where the agent listens
 * @param forwards local ports that lead to one target each
 * @param users who may use the proxies; empty when everybody may
 * @param exposed what the tailnet may connect to
 * @param upstream the proxy that leads out of this host's network; empty when there is none
 * @param otlp where metrics are pushed to; empty when nowhere
 * @param policy what may be reached, and by whom
 * @param internet what happens to targets outside the tailnet
 * @param runtimeDir holds the control socket; created when the agent starts, for others to pass through at most
 * @param localApi where the tailscale command finds the node, and who may do what there
 * @param drainTimeout how long open tunnels may go on after the first stop signal
 * @param notifyFd the file descriptor that hears when the agent is ready; empty when none does
 * @param limits what each client is granted
 * @param audit how the audit is kept; empty when it is not
 * @param logLevel the least severe level that is logged
 * @param logFormat how a log line looks
 */
public record Settings(
        NodeSettings node,
        Listeners listeners,
        List<ForwardSpec> forwards,
        Optional<Users> users,
        List<ExposeSpec> exposed,
        Optional<UpstreamSettings> upstream,
        Optional<OtlpSettings> otlp,
        PolicySettings policy,
        Internet internet,
        Path runtimeDir,
        LocalApiSocket localApi,
        Duration drainTimeout,
        Optional<Integer> notifyFd,
        Limits limits,
        Optional<AuditSettings> audit,
        LogLevel logLevel,
        LogFormat logFormat) {

    public Settings {
        forwards = List.copyOf(forwards);
        exposed = List.copyOf(exposed);
    }
}
