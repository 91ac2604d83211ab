package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.check.NameAnswer.Address;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is said beside the way of the connection: whether programs here get to the target without the agent, and whether the
 * environment leads them to it.
 */
final class Statements {
    private final @Nullable Target target;
    private final Here here;
    private final Walk walk;
    private Optional<Address> address = Optional.empty();
    private @Nullable CompletableFuture<@Nullable DirectAttempt> attempt;

    Statements(@Nullable Target target, Here here, Walk walk) {
        this.target = target;
        this.here = here;
        this.walk = walk;
    }

    /** The target's addresses are known: the direct attempt goes on beside the other steps. */
    void leadsTo(NameAnswer name) {
        address = name.first();
        Target to = target;
        if (to != null) {
            address.map(Address::address)
                    .filter(DirectAttempt::isWorthTrying)
                    .ifPresent(found -> attempt = start(found, to.port()));
        }
    }

    /** Where there is no agent to ask. */
    void leadsWhereTheSystemSays() {
        Target to = target;
        if (to != null) {
            attempt = Beside.start(() -> lookUp(to.host()))
                    .thenApply(found -> found.filter(DirectAttempt::isWorthTrying)
                            .map(address -> here.direct().attempt(address, to.port()))
                            .orElse(null));
        }
    }

    private static Optional<InetAddress> lookUp(Host host) {
        return switch (host) {
            case Host.Address(InetAddress literal) -> Optional.of(literal);
            case Host.Name(String name) -> {
                try {
                    yield Optional.of(InetAddress.getByName(name));
                } catch (UnknownHostException e) {
                    yield Optional.empty();
                }
            }
        };
    }

    private CompletableFuture<@Nullable DirectAttempt> start(InetAddress address, int port) {
        return Beside.start(() -> here.direct().attempt(address, port));
    }

    /** @param isReachable whether all steps of the connection passed */
    Egress make(List<String> proxies, boolean isReachable) {
        Egress egress = egress();
        if (!proxies.isEmpty()) {
            variables(proxies, isReachable);
        }
        return egress;
    }

    private Egress egress() {
        DirectAttempt made = attempt == null ? null : attempt.join();
        if (made == null) {
            return Egress.UNTESTED;
        }
        walk.note("direct egress", made.took(), made.words());
        return made.egress();
    }

    /** Variables that lead elsewhere matter where there is no other way than the agent. */
    private void variables(List<String> proxies, boolean isReachable) {
        var variables = ProxyVariables.of(here.environment(), proxies);
        Optional<String> trouble =
                variables.elsewhere().or(() -> target == null ? Optional.empty() : variables.bypass(target));
        boolean onlyByAgent =
                address.map(Address::route).filter(NameAnswer::isThroughTailnet).isPresent();
        if (trouble.isPresent() && isReachable && onlyByAgent) {
            var unused = walk.failed(
                    "environment",
                    null,
                    new Finding(
                            ExitCode.PROXY_VARIABLES,
                            "the agent reaches the target, but programs started from here do not: " + trouble.get(),
                            "eval \"$(tailnet-agent env)\" sets the variables."));
        } else {
            walk.note("environment", null, trouble.orElseGet(variables::summary));
        }
    }
}
