package dev.tailnet.agent.page;

import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Observed;
import dev.tailnet.agent.observe.Refused;
import dev.tailnet.agent.observe.Throughput;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What viewers get, once a second for as long as there are any: rendered once for all of them. All on one thread, which is no
 * event loop.
 */
public final class Feed {
    private static final Logger LOGGER = LoggerFactory.getLogger(Feed.class);
    private static final int CONNECTIONS = 100;
    private static final int HOSTS = 8;
    private static final int PINGS = 4;

    /** The node is asked for its peers every so many seconds, which takes a while when there are thousands. */
    private static final int STATUS_EVERY = 5;

    private final NodeFacts facts;
    private final Observed observed;
    private final JsonMapper mapper;
    private final EventExecutor executor;
    private final Viewers viewers = new Viewers();
    private final PeerRows peers = new PeerRows();
    private final Cursor<Refused> blocked;
    private final Cursor<Refused> failed;
    private final Cursor<LogLine> log;

    private @Nullable Future<?> ticking;
    private long ticks;
    private boolean isAsking;
    private byte @Nullable [] status;

    /** @param executor runs everything here */
    public Feed(NodeFacts facts, Observed observed, JsonMapper mapper, EventExecutor executor) {
        this.facts = facts;
        this.observed = observed;
        this.mapper = mapper;
        this.executor = executor;
        this.blocked = new Cursor<>(observed.refused().blocked()::after);
        this.failed = new Cursor<>(observed.refused().failed()::after);
        this.log = new Cursor<>(observed.log()::after);
    }

    /** Whether there are as many viewers as are let in. */
    public boolean isFull() {
        return viewers.isFull();
    }

    /** Sends all that is known, and from then on what is new. The head of the response has been written. */
    public void join(Channel channel) {
        if (ticking == null) {
            catchUp();
            ticking = executor.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        }
        viewers.add(channel);
        channel.closeFuture().addListener(closed -> leave(channel));
        viewers.send(
                channel,
                "history",
                json(Events.History.of(observed.throughput().after(0).items())));
        viewers.send(channel, "requests", json(requests(true, blocked.known(), failed.known())));
        viewers.send(channel, "log", json(log(true, log.known())));
        viewers.send(channel, "tick", json(now()));
        if (status != null) {
            viewers.send(channel, "status", status);
        }
        askNode();
    }

    private void leave(Channel channel) {
        try {
            executor.execute(() -> {
                viewers.remove(channel);
                if (viewers.isEmpty() && ticking != null) {
                    ticking.cancel(false);
                    ticking = null;
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.trace("The agent is stopping", e);
        }
    }

    /** What happened while nobody looked is no news. */
    private void catchUp() {
        blocked.skip();
        failed.skip();
        log.skip();
        status = null;
    }

    private void tick() {
        try {
            viewers.send("tick", json(now()));
            Events.Requests requests = requests(false, blocked.news(), failed.news());
            if (!requests.isEmpty()) {
                viewers.send("requests", json(requests));
            }
            Events.Log lines = log(false, log.news());
            if (!lines.isEmpty()) {
                viewers.send("log", json(lines));
            }
            ticks++;
            if (ticks % STATUS_EVERY == 0) {
                askNode();
            }
        } catch (RuntimeException e) {
            LOGGER.error("The page could not be brought up to date", e);
        }
    }

    private Events.Tick now() {
        LiveConnections.Shown shown = observed.connections().show(CONNECTIONS);
        Throughput carried = facts.carried();
        return new Events.Tick(
                carried.time().toEpochMilli(),
                facts.state(),
                facts.reason(),
                carried.bytesUp(),
                carried.bytesDown(),
                shown.open(),
                shown.busiest());
    }

    private Events.Requests requests(boolean all, List<Refused> ofPolicy, List<Refused> others) {
        return new Events.Requests(
                all,
                ofPolicy.stream().map(Events.Request::of).toList(),
                others.stream().map(Events.Request::of).toList(),
                observed.refused().topHosts(HOSTS));
    }

    private static Events.Log log(boolean all, List<LogLine> lines) {
        return new Events.Log(all, lines.stream().map(Events.Line::of).toList());
    }

    private void askNode() {
        if (isAsking) {
            return;
        }
        isAsking = true;
        facts.status().addListener((Future<ObjectNode> told) -> {
            isAsking = false;
            if (told.isSuccess()) {
                tell(told.getNow());
            } else {
                LOGGER.warn(
                        "The node's status cannot be shown: {}", told.cause().getMessage());
            }
        });
    }

    private void tell(ObjectNode document) {
        List<String> used = peers.used(document, PINGS);
        peers.bound(document);
        byte[] next = json(document);
        status = next;
        viewers.send("status", next);
        for (String address : used) {
            facts.ping(address).addListener((Future<Double> answer) -> {
                if (answer.isSuccess()) {
                    peers.measured(address, answer.getNow());
                }
            });
        }
    }

    private byte[] json(Object event) {
        return mapper.writeValueAsBytes(event);
    }
}
