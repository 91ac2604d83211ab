package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.testing.TestProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final ConnectRequest REQUEST = new ConnectRequest(
            1,
            ConnectRequest.Protocol.SOCKS5,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
            null,
            new Target(new Host.Name("db.internal"), 5432));
    private static final Map<String, Route> ROUTES = Map.of(
            "1.1.1.1", Route.DIRECT,
            "10.0.0.1", Route.SUBNET,
            "100.64.0.1", Route.TAILNET,
            "100.64.0.99", Route.UNOWNED,
            "8.8.8.8", Route.EXIT_NODE);
    private static final Policy NOT_DIRECT = new Policy() {
        @Override
        public Verdict onTarget(ConnectRequest request) {
            return Verdict.allowed();
        }

        @Override
        public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
            return route == Route.DIRECT ? Verdict.refused("rule", "not direct") : Verdict.allowed();
        }
    };

    @Test
    void whatTheTailnetCarriesComesFirstEachGroupInOrder() {
        Candidates candidates = of(TestProxy.ALLOW_ALL, "1.1.1.1", "8.8.8.8", "100.64.0.1", "10.0.0.1");
        assertThat(candidates.failure()).isNull();
        assertThat(candidates.inOrder())
                .extracting(Candidate::address)
                .containsExactlyElementsOf(Stream.of("8.8.8.8", "100.64.0.1", "10.0.0.1", "1.1.1.1")
                        .map(InetAddress::ofLiteral)
                        .toList());
    }

    @Test
    void oneThatMayBeDialedMakesUpForTheOthers() {
        Candidates candidates = of(NOT_DIRECT, "1.1.1.1", "100.64.0.99", "10.0.0.1");
        assertThat(candidates.failure()).isNull();
        assertThat(candidates.rule()).isNull();
        assertThat(candidates.inOrder())
                .containsExactly(
                        new Candidate(InetAddress.ofLiteral("10.0.0.1"), Route.SUBNET, List.of(), Verdict.allowed()));
    }

    @Test
    void withNoneTheFirstReasonCounts() {
        assertFailure(of(NOT_DIRECT, "1.1.1.1", "100.64.0.99"), FailureReason.NOT_ALLOWED, "rule");
        assertFailure(of(NOT_DIRECT, "100.64.0.99", "1.1.1.1"), FailureReason.NOT_ON_TAILNET, null);
        assertFailure(of(NOT_DIRECT), FailureReason.NAME_NOT_FOUND, null);
    }

    private static void assertFailure(Candidates candidates, FailureReason reason, @Nullable String rule) {
        assertThat(candidates.inOrder()).isEmpty();
        assertThat(candidates.failure())
                .isNotNull()
                .extracting(ConnectFailure::reason)
                .isEqualTo(reason);
        assertThat(candidates.rule()).isEqualTo(rule);
    }

    private static Candidates of(Policy policy, String... addresses) {
        List<InetAddress> parsed =
                Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
        return Candidates.of(
                REQUEST,
                parsed,
                List.of(),
                address -> ROUTES.getOrDefault(address.getHostAddress(), Route.DIRECT),
                policy);
    }
}
