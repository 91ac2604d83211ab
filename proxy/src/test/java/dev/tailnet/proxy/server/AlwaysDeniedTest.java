package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.testing.Spellings;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every address that is always denied, in every spelling, by every way in, and as what a name leads to. */
@Timeout(180)
class AlwaysDeniedTest {
    private static final InetSocketAddress OWN = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 80);

    private record Row(String address, String rule) {}

    private static final List<Row> ROWS = List.of(
            new Row("127.0.0.1", "loopback"),
            new Row("127.8.9.10", "loopback"),
            new Row("::1", "loopback"),
            new Row("0.0.0.0", "unspecified"),
            new Row("0.1.2.3", "unspecified"),
            new Row("::", "unspecified"),
            new Row("169.254.169.254", "link-local"),
            new Row("169.254.170.2", "link-local"),
            new Row("169.254.10.20", "link-local"),
            new Row("fe80::1", "link-local"),
            new Row("fd00:ec2::254", "metadata"),
            new Row("fd20:ce::254", "metadata"),
            new Row("fd00:42::42", "metadata"),
            new Row("100.100.100.200", "metadata"),
            new Row("168.63.129.16", "metadata"),
            new Row("192.0.0.192", "metadata"),
            new Row("224.0.0.1", "multicast"),
            new Row("239.255.255.250", "multicast"),
            new Row("ff02::1", "multicast"),
            new Row("255.255.255.255", "broadcast"),
            new Row("100.64.0.1", "tailnet-range"),
            new Row("fd7a:115c:a1e0::53", "tailnet-range"),
            new Row("192.0.2.7", "own-listener"));

    private final AtomicInteger cases = new AtomicInteger();
    private final AtomicInteger names = new AtomicInteger();

    @Test
    void isDenied() throws Exception {
        var policy = new BasePolicy(Internet.DIRECT, new OwnListeners(() -> List.of(OWN)));
        try (var proxy = TestProxy.start(Options.DEFAULT.with(policy))) {
            proxy.directByDefault();
            for (Row row : ROWS) {
                InetAddress address = InetAddress.ofLiteral(row.address());
                for (String spelling : Spellings.of(address)) {
                    check(proxy, row, spelling, WaysIn::socks5Name);
                    check(proxy, row, spelling, WaysIn::ownCommand);
                    check(proxy, row, spelling, WaysIn::forward);
                    check(proxy, row, spelling, WaysIn::datagram);
                    if (spelling.chars().allMatch(c -> c < 0x80)) {
                        check(proxy, row, spelling, WaysIn::socks4Name);
                        check(proxy, row, spelling, WaysIn::httpConnect);
                        check(proxy, row, spelling, WaysIn::plainHttp);
                    }
                    if (spelling.indexOf(':') >= 0) {
                        check(proxy, row, spelling, WaysIn::socks5Address);
                        check(proxy, row, nameOf(proxy, InetAddress.ofLiteral(spelling)), WaysIn::httpConnect);
                    }
                }
                check(proxy, row, row.address(), WaysIn::socks5Address);
                if (address instanceof Inet4Address) {
                    check(proxy, row, row.address(), WaysIn::socks4Address);
                }
                for (WaysIn.Way way : WaysIn.BY_NAME) {
                    check(proxy, row, nameOf(proxy, address), way);
                }
            }
            assertThat(proxy.direct().dialed()).isEmpty();
            assertThat(proxy.tailnet().dialed()).isEmpty();
            assertThat(cases.get()).isGreaterThan(1_000);
            System.out.println("always denied: " + cases + " cases");
        }
    }

    private void check(TestProxy proxy, Row row, String host, WaysIn.Way way) throws Exception {
        assertThat(way.isRefused(proxy, host, OWN.getPort()))
                .as("%s for %s", host, row)
                .isTrue();
        Decision decision = proxy.audit().decision();
        assertThat(decision.rule()).as("%s for %s", host, row).isEqualTo(row.rule());
        assertThat(decision.failure())
                .isNotNull()
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(FailureReason.NOT_ALLOWED));
        cases.incrementAndGet();
    }

    /** A new one each time: what leads where is not remembered by anybody. */
    private String nameOf(TestProxy proxy, InetAddress address) {
        String name = "n" + names.incrementAndGet() + ".example";
        proxy.resolver().add(name, address);
        return name;
    }
}
