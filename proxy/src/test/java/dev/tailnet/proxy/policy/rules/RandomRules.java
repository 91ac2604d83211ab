package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.policy.rules.Facts.Usage;
import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes rules and requests from few words, so that they meet often. */
final class RandomRules {
    private static final List<String> LABELS = List.of("a", "b", "c", "com", "ab");
    private static final List<String> ROLES = List.of("ci", "ops", "dev");
    private static final List<String> PATHS = List.of("/", "/api", "/api/v1", "/b");
    private static final List<String> TARGETS = List.of("/", "/api", "/api/v1/x?y", "/apis", "/api/../b", "/%61pi");
    private static final List<String> METHODS = List.of("GET", "POST");

    private final Random random;

    RandomRules(long seed) {
        random = new Random(seed);
    }

    RuleSet set(int most) {
        List<Rule> rules = new ArrayList<>();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            rules.add(rule("r" + i));
        }
        return new RuleSet(
                "test",
                Mode.ENFORCE,
                pick(List.of(Effect.values())),
                Effect.ALLOW,
                Effect.ALLOW,
                false,
                false,
                true,
                rules);
    }

    Rule rule(String name) {
        boolean isForAll = random.nextInt(6) == 0;
        return new Rule(
                name,
                "line " + name,
                Direction.OUTBOUND,
                pick(List.of(Effect.values())),
                isForAll ? List.of() : some(3, this::pattern),
                isForAll ? List.of() : some(3, this::cidr),
                condition(),
                Optional.empty());
    }

    private Condition condition() {
        boolean isHttp = random.nextInt(6) == 0;
        return new Condition(
                rarely(() -> some(3, this::ports), List.of()),
                rarely(() -> Set.copyOf(some(2, () -> pick(List.of(Route.values())))), Set.of()),
                rarely(() -> Set.copyOf(some(2, () -> pick(List.of(RuleProtocol.values())))), Set.of()),
                isHttp ? Set.copyOf(some(2, () -> pick(METHODS))) : Set.of(),
                isHttp ? some(2, () -> new PathPrefix(pick(PATHS))) : List.of(),
                rarely(() -> Set.copyOf(some(2, () -> pick(ROLES))), Set.of()),
                random.nextInt(8) == 0);
    }

    private HostPattern pattern() {
        if (random.nextInt(12) == 0) {
            return HostPattern.parse("*");
        }
        return HostPattern.parse(pick(List.of("", "*.", ".")) + name());
    }

    String name() {
        return IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(i -> pick(LABELS))
                .collect(Collectors.joining("."));
    }

    private Cidr cidr() {
        boolean isIpv4 = random.nextBoolean();
        int length = random.nextInt(isIpv4 ? 33 : 129);
        String text = address(isIpv4).getHostAddress() + "/" + length;
        try {
            return Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            return Cidr.parse(message.substring(message.indexOf("write ") + "write ".length()));
        }
    }

    /** One of few, whose bits differ at every height. */
    InetAddress address(boolean isIpv4) {
        byte[] bytes = new byte[isIpv4 ? 4 : 16];
        int bit = random.nextInt(bytes.length * 8);
        if (random.nextBoolean()) {
            bytes[bit / 8] |= (byte) (0x80 >> (bit % 8));
        }
        bytes[bytes.length - 1] |= (byte) random.nextInt(2);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private PortRange ports() {
        int from = 1 + random.nextInt(10);
        return new PortRange(from, from + random.nextInt(4));
    }

    Facts facts() {
        @Nullable String name = random.nextInt(3) == 0 ? null : name();
        @Nullable InetAddress address = name != null && random.nextInt(3) == 0 ? null : address(random.nextBoolean());
        @Nullable InetAddress embedded = address != null && random.nextInt(5) == 0 ? address(true) : null;
        if (random.nextInt(10) == 0) {
            return Facts.ofLookup(name());
        }
        RuleProtocol protocol = pick(List.of(RuleProtocol.values()));
        return new Facts(
                name,
                address,
                embedded,
                new Usage(
                        1 + random.nextInt(14),
                        protocol,
                        address == null ? null : pick(List.of(Route.values())),
                        random.nextBoolean() ? null : pick(ROLES),
                        protocol == RuleProtocol.HTTP ? new PlainRequest(pick(METHODS), pick(TARGETS)) : null));
    }

    private <T> List<T> some(int most, java.util.function.Supplier<T> maker) {
        return Stream.generate(maker).limit(random.nextInt(most + 1)).toList();
    }

    private <T> T rarely(java.util.function.Supplier<T> maker, T otherwise) {
        return random.nextInt(3) == 0 ? maker.get() : otherwise;
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
