package dev.tailnet.bench;

import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.Finding;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision by a hundred thousand rules, about names, addresses, ports and users that change with each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgs = {
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-Xmx700m",
            "--sun-misc-unsafe-memory-access=allow"
        })
public class DecisionBenchmark {
    private static final int REQUESTS = 4_096;

    @Param
    public ManyRules kind;

    private final Facts[] requests = new Facts[REQUESTS];
    private CompiledRules rules;
    private int next;

    @Setup(Level.Trial)
    public void load() throws UnknownHostException {
        rules = CompiledRules.of(PolicyFile.read("bench", kind.yaml()).rules());
        var random = new Random(7);
        for (int i = 0; i < REQUESTS; i++) {
            int n = random.nextInt(ManyRules.RULES);
            String name = switch (i % 3) {
                case 0 -> "host" + n + ".example" + n % 97 + ".com";
                case 1 -> "a.b.sub" + n + ".example.org";
                default -> "one.example";
            };
            byte[] address = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(address);
            var usage = new Facts.Usage(1 + n % 65_535, RuleProtocol.TCP, Route.DIRECT, "user" + n, null);
            requests[i] = new Facts(name, InetAddress.getByAddress(address), null, usage);
        }
    }

    @Benchmark
    public Finding decide() {
        next = (next + 1) % REQUESTS;
        return rules.judge(requests[next]);
    }
}
