package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handles that never were, are gone, or go while they are used. */
class HandlesIT {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    @TempDir
    Path dir;

    static Stream<Method> functionsOfAHandle() {
        Libtailscale.load();
        return Stream.of(Natives.class, CApi.class)
                .flatMap(holder -> Arrays.stream(holder.getDeclaredMethods()))
                .filter(method -> Modifier.isNative(method.getModifiers()))
                .filter(method -> method.getParameterCount() > 0 && method.getParameterTypes()[0] == int.class);
    }

    @ParameterizedTest
    @MethodSource("functionsOfAHandle")
    void aWrongHandleIsAnError(Method function) throws ReflectiveOperationException {
        TailnetNode gone = TailnetNode.create(options());
        gone.close();
        for (int handle : new int[] {0, -1, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, gone.handle()}) {
            assertThat((int) call(function, handle))
                    .as("%s(%d)", function.getName(), handle)
                    .isNotZero();
        }
    }

    private static Object call(Method function, int handle) throws ReflectiveOperationException {
        Class<?>[] types = function.getParameterTypes();
        Object[] arguments = new Object[types.length];
        arguments[0] = handle;
        for (int i = 1; i < types.length; i++) {
            arguments[i] = argument(types[i]);
        }
        return function.invoke(null, arguments);
    }

    private static Object argument(Class<?> type) {
        if (type == int.class) {
            return -1;
        }
        if (type == long.class) {
            return 8L;
        }
        if (type == String.class) {
            return "text";
        }
        if (type == byte[].class) {
            return new byte[8];
        }
        if (type == int[].class) {
            return new int[1];
        }
        if (type == long[].class) {
            return new long[Stats.FIELDS];
        }
        if (type == Pointer.class) {
            var memory = new Memory(8);
            memory.clear();
            return memory;
        }
        throw new IllegalArgumentException(type.getName());
    }

    @Test
    void useAfterCloseIsAnException() throws Exception {
        TailnetNode node = TailnetNode.create(options());
        node.close();
        node.close();
        InetAddress ip = InetAddress.ofLiteral("127.0.0.1");
        List<Consumer<TailnetNode>> uses = List.of(
                TailnetNode::eventsFd,
                TailnetNode::start,
                it -> it.dial(1, Via.DIRECT, ip, 80, LONG),
                it -> it.resolve(1, "localhost", LONG),
                it -> it.cancel(1),
                it -> it.routeOf(ip),
                it -> it.openDatagrams(1),
                TailnetNode::openLocalApi,
                TailnetNode::stats);
        for (Consumer<TailnetNode> use : uses) {
            assertThatThrownBy(() -> use.accept(node))
                    .isInstanceOfSatisfying(
                            BridgeException.class, e -> assertThat(e.code()).isEqualTo(Code.NODE_DOWN))
                    .hasMessageContaining("closed");
        }
        try (Client client = Client.connect();
                Client target = Client.connect()) {
            assertThatThrownBy(() -> node.relay(1, client.fd(), NOTHING, LONG)).isInstanceOf(BridgeException.class);
            client.awaitEnd();
            try (Client another = Client.connect()) {
                assertThatThrownBy(() -> node.relay(1, another.fd(), target.fd(), NOTHING, NOTHING, LONG))
                        .isInstanceOf(BridgeException.class);
                another.awaitEnd();
                target.awaitEnd();
            }
            try (Client local = Client.connect()) {
                assertThatThrownBy(() -> node.serveLocalApi(local.fd(), LocalApiPermission.READ))
                        .isInstanceOf(BridgeException.class);
                local.awaitEnd();
            }
        }
    }

    @Test
    void whatNeedsAStartedNodeSaysSo() {
        try (TailnetNode node = TailnetNode.create(options())) {
            assertThatThrownBy(node::openLocalApi)
                    .isInstanceOfSatisfying(
                            BridgeException.class, e -> assertThat(e.code()).isEqualTo(Code.NODE_DOWN));
            assertThat(node.routeOf(InetAddress.ofLiteral("198.51.100.10"))).isEqualTo(TailnetRoute.NONE);
            assertThat(node.stats().tunnels()).isZero();
        }
    }

    @Test
    void ownProxiesAreTakenBeforeTheStartOnly() throws Exception {
        List<InetSocketAddress> listeners = List.of(
                new InetSocketAddress("127.0.0.1", 1055), new InetSocketAddress(InetAddress.ofLiteral("::1"), 1055));
        try (TailnetNode node = TailnetNode.create(options());
                Events events = new Events(node.eventsFd())) {
            node.setOwnProxies(listeners);
            node.start();
            assertThatThrownBy(() -> node.setOwnProxies(listeners))
                    .isInstanceOf(BridgeException.class)
                    .hasMessageContaining("started");
            node.close();
            events.awaitEnd(LONG); // it writes into its directory until then
        }
    }

    @Test
    void aTailnetDialOfANodeThatIsNotUpEndsWithNodeDown() throws Exception {
        try (TailnetNode node = TailnetNode.create(options());
                Events events = new Events(node.eventsFd())) {
            try {
                node.dial(1, Via.TAILNET, InetAddress.ofLiteral("100.64.0.1"), 80, LONG);
            } catch (BridgeException e) {
                assertThat(e.code()).isEqualTo(Code.NODE_DOWN);
                return;
            }
            assertThat(events.dialed(1).code()).isEqualTo(Code.NODE_DOWN);
        }
    }

    @Test
    void aThousandNodesThatNeverStart() throws Exception {
        int last = 0;
        for (int i = 0; i < 1_000; i++) {
            TailnetNode node = TailnetNode.create(options());
            assertThat(node.handle()).isGreaterThan(last);
            last = node.handle();
            if (i % 10 == 0) {
                try (Events events = new Events(node.eventsFd())) {
                    node.close();
                    events.awaitEnd(LONG);
                    assertThat(events.soFar()).last().isEqualTo(new NodeEvent.Stopped(Code.OK, ""));
                }
            }
            node.close();
        }
    }

    @Test
    void theEventStreamIsNonBlockingAndGivenOutOnce() throws Exception {
        try (TailnetNode node = TailnetNode.create(options())) {
            int fd = node.eventsFd();
            assertThat(Posix.isNonBlocking(fd)).isTrue();
            assertThatThrownBy(node::eventsFd).isInstanceOf(BridgeException.class);
            Posix.closeFd(fd);
        }
    }

    @Test
    void manyThreadsUseANodeThatIsClosedUnderThem() throws Exception {
        for (int round = 0; round < 20; round++) {
            TailnetNode node = TailnetNode.create(options());
            List<Thread> users = Stream.generate(() -> Thread.ofPlatform().unstarted(() -> useUntilClosed(node)))
                    .limit(6)
                    .toList();
            users.forEach(Thread::start);
            node.close();
            for (Thread user : users) {
                assertThat(user.join(LONG)).isTrue();
            }
        }
    }

    private static void useUntilClosed(TailnetNode node) {
        InetAddress ip = InetAddress.ofLiteral("100.64.0.1");
        while (true) {
            try {
                node.stats();
                node.routeOf(ip);
                node.cancel(3);
            } catch (BridgeException e) {
                return;
            }
        }
    }

    private NodeOptions options() {
        return new NodeOptions(
                "handles", URI.create("http://127.0.0.1:9"), null, true, null, dir, List.of(), true, true);
    }
}
