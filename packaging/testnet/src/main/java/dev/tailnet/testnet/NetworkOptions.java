package dev.tailnet.testnet;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How a test network is set up.
 *
 * @param baseDomain the tailnet's MagicDNS domain: a node {@code web} is {@code web.<baseDomain>}
 * @param controlName how the control server calls itself; its relay is known by this name. If it is an IPv4 address of this machine both
 *     listen there, else on 127.0.0.1
 * @param extraRecords further names that the control server hands out (Headscale's {@code extra_records})
 * @param searchDomains what names are tried with, beside the tailnet's own domain
 * @param splitDns name servers by domain suffix, by address (Headscale takes no port); nodes ask them for the names below that suffix
 * @param magicDns whether the names of nodes are known to nodes
 */
public record NetworkOptions(
        String baseDomain,
        String controlName,
        List<DnsRecord> extraRecords,
        List<String> searchDomains,
        Map<String, List<String>> splitDns,
        boolean magicDns) {
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");

    public NetworkOptions {
        extraRecords = List.copyOf(extraRecords);
        searchDomains = List.copyOf(searchDomains);
        splitDns = Map.copyOf(splitDns);
    }

    /**
     * The domain {@code tailnet.test}, with {@code subnet-host.internal.test} and {@code direct-host.internal.test} for the hosts of
     * {@link TestAddresses}, each with an A and an AAAA record.
     */
    public static NetworkOptions defaults() {
        return new NetworkOptions(
                "tailnet.test",
                "127.0.0.1",
                List.of(
                        DnsRecord.a("subnet-host.internal.test", TestAddresses.SUBNET_HOST_IPV4.getHostAddress()),
                        DnsRecord.aaaa("subnet-host.internal.test", TestAddresses.SUBNET_HOST_IPV6.getHostAddress()),
                        DnsRecord.a("direct-host.internal.test", TestAddresses.DIRECT_HOST_IPV4.getHostAddress()),
                        DnsRecord.aaaa("direct-host.internal.test", TestAddresses.DIRECT_HOST_IPV6.getHostAddress())),
                List.of(),
                Map.of(),
                true);
    }

    /** Where control server and relay listen. */
    InetAddress controlAddress() {
        return InetAddress.ofLiteral(IPV4.matcher(controlName).matches() ? controlName : "127.0.0.1");
    }

    public NetworkOptions withoutMagicDns() {
        return new NetworkOptions(baseDomain, controlName, extraRecords, searchDomains, splitDns, false);
    }

    public NetworkOptions withExtraRecords(DnsRecord... records) {
        return new NetworkOptions(baseDomain, controlName, List.of(records), searchDomains, splitDns, magicDns);
    }

    public NetworkOptions withControlName(String name) {
        return new NetworkOptions(baseDomain, name, extraRecords, searchDomains, splitDns, magicDns);
    }

    public NetworkOptions withSplitDns(String suffix, String... servers) {
        return new NetworkOptions(
                baseDomain, controlName, extraRecords, searchDomains, Map.of(suffix, List.of(servers)), magicDns);
    }

    public NetworkOptions withSearchDomains(String... domains) {
        return new NetworkOptions(baseDomain, controlName, extraRecords, List.of(domains), splitDns, magicDns);
    }

    /**
     * A name of the tailnet that is no node.
     *
     * @param name without the final dot
     * @param type {@code A} or {@code AAAA}
     * @param value the address
     */
    public record DnsRecord(String name, String type, String value) {
        public static DnsRecord a(String name, String address) {
            return new DnsRecord(name, "A", address);
        }

        public static DnsRecord aaaa(String name, String address) {
            return new DnsRecord(name, "AAAA", address);
        }
    }
}
