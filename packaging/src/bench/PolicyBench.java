import dev.tailnet.agent.policy.PolicyDocument;
import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.policy.rules.RuleReview;
import dev.tailnet.proxy.request.Route;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;

/** How long it takes to load many rules, and to decide by them. Run by {@code packaging/bench --policy}. */
final class PolicyBench {
    private static final int RULES = 100_000;
    private static final int REQUESTS = 4_096;
    private static final int ROUNDS = 60;
    /** Of this thread alone: a busy machine does not count. */
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    private PolicyBench() {}

    public static void main(String[] arguments) throws Exception {
        System.out.printf(
                "| %,d rules | load, CPU ms | of that compiling | and review | decision, CPU ns: median | slowest round |%n",
                RULES);
        System.out.println("|---|---|---|---|---|---|");
        measure("names", i -> "hosts: [host" + i + ".example" + i % 97 + ".com]");
        measure("suffixes", i -> "hosts: ['*.sub" + i + ".example.org']");
        measure("blocks", i -> "cidrs: [" + (11 + i / 65_536) + "." + i / 256 % 256 + "." + i % 256 + ".0/24]");
        measure("IPv6 blocks", i -> String.format("cidrs: ['2001:%x:%x::/48']", 0xdb8 + i / 65_536, i % 65_536));
        measure("ports of one name", i -> "hosts: [one.example], ports: [" + (1 + i % 65_535) + "]");
        measure("roles", i -> "hosts: ['*'], roles: [user" + i + "]");
    }

    private static void measure(String kind, IntFunction<String> condition) throws Exception {
        var yaml = new StringBuilder("default: allow\nrules:\n");
        for (int i = 0; i < RULES; i++) {
            yaml.append("- {name: r")
                    .append(i)
                    .append(", action: deny, ")
                    .append(condition.apply(i))
                    .append("}\n");
        }
        String text = yaml.toString();
        long[] best = {Long.MAX_VALUE, 0, 0};
        CompiledRules rules = null;
        for (int i = 0; i < 3; i++) {
            long start = CLOCK.getCurrentThreadCpuTime();
            PolicyDocument document = PolicyFile.read("bench", text);
            long read = CLOCK.getCurrentThreadCpuTime();
            rules = CompiledRules.of(document.rules());
            long compiled = CLOCK.getCurrentThreadCpuTime();
            RuleReview.of(rules);
            long reviewed = CLOCK.getCurrentThreadCpuTime();
            if (!document.problems().isEmpty()) {
                throw new IllegalStateException(document.problems().getFirst().toString());
            }
            if (compiled - start < best[0]) {
                best = new long[] {compiled - start, compiled - read, reviewed - compiled};
            }
        }
        long[] nanos = decide(rules);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d |%n",
                kind,
                best[0] / 1_000_000,
                best[1] / 1_000_000,
                best[2] / 1_000_000,
                nanos[ROUNDS / 2],
                nanos[ROUNDS - 1]);
    }

    private static long[] decide(CompiledRules rules) {
        var random = new Random(7);
        Facts[] requests = new Facts[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            int n = random.nextInt(RULES);
            String name = switch (i % 3) {
                case 0 -> "host" + n + ".example" + n % 97 + ".com";
                case 1 -> "a.b.sub" + n + ".example.org";
                default -> "one.example";
            };
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(bytes);
            InetAddress address;
            try {
                address = InetAddress.getByAddress(bytes);
            } catch (java.net.UnknownHostException e) {
                throw new AssertionError(e);
            }
            requests[i] = new Facts(
                    name,
                    address,
                    null,
                    new Facts.Usage(1 + n % 65_535, RuleProtocol.TCP, Route.DIRECT, "user" + n, null));
        }
        long[] nanos = new long[ROUNDS];
        int denied = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long start = CLOCK.getCurrentThreadCpuTime();
            for (Facts request : requests) {
                denied += rules.judge(request).rule() == null ? 0 : 1;
            }
            if (round >= 0) {
                nanos[round] = (CLOCK.getCurrentThreadCpuTime() - start) / REQUESTS;
            }
        }
        if (denied < 0) {
            throw new AssertionError();
        }
        Arrays.sort(nanos);
        return nanos;
    }
}
