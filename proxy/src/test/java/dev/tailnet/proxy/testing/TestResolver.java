package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.resolve.Resolvers;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Knows the names a test gives it, never answers for {@code silent}, and remembers what it was asked. */
public final class TestResolver implements Resolver {
    public static final String SILENT = "silent";

    private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    private final Map<String, List<String>> alsoCalled = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Promise<Resolution>> unanswered = new LinkedBlockingQueue<>();

    public void add(String name, InetAddress... addresses) {
        names.put(name, List.of(addresses));
    }

    /** A host of the tailnet, which goes by both names. */
    public void addPeer(String full, InetAddress address) {
        String label = full.substring(0, full.indexOf('.'));
        add(full, address);
        add(label, address);
        alsoCalled.put(full, List.of(label));
        alsoCalled.put(label, List.of(full));
    }

    /** This one, and one that knows only peers. */
    public Resolvers resolvers() {
        return new Resolvers(
                this,
                (name, timeout, executor) -> alsoCalled.containsKey(name)
                        ? resolve(name, timeout, executor)
                        : executor.newFailedFuture(
                                new ConnectFailure(FailureReason.NOT_ON_TAILNET, name + " is no name of the tailnet")));
    }

    public List<String> asked() {
        return asked;
    }

    /** The next lookup of {@link #SILENT}. */
    public Promise<Resolution> nextUnanswered() throws InterruptedException {
        return unanswered.take();
    }

    @Override
    public Future<Resolution> resolve(String name, Duration timeout, EventExecutor executor) {
        asked.add(name);
        Promise<Resolution> answer = executor.newPromise();
        if (name.equals(SILENT)) {
            unanswered.add(answer);
            return answer;
        }
        return answer.setSuccess(new Resolution(
                names.getOrDefault(name, List.of()), alsoCalled.getOrDefault(name, List.of()), null, "test", false));
    }
}
