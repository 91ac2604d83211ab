package dev.tailnet.agent.status;

import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.page.Feed;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint's paths. What takes its time to put together is rendered on a thread of its own, not on the event loop. */
@Sharable
final class StatusHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOGGER = LoggerFactory.getLogger(StatusHandler.class);
    private static final String INDEX = """
            tailnet-agent

            /         this list; in a browser a page that shows all of it
            /status   state, reason, addresses, peers, listeners, connections (JSON)
            /status/schema  what that means (JSON Schema)
            /healthz  200 while the process is alive
            /readyz   200 while the node is running and the proxies listen, else 503 with the reason
            /metrics  Prometheus metrics
            /proxy.pac  which addresses a browser sends to the proxies (PAC)
            """;

    private final AgentView agent;
    private final LocalApi localApi;
    private final NameLookup names;
    private final Metrics metrics;
    private final StatusReporter reporter;
    private final EventExecutor renderer;
    private final PacPage pac;
    private final Clock clock;
    private @Nullable JsonMapper mapper;
    private @Nullable Page page;

    StatusHandler(
            AgentView agent,
            LocalApi localApi,
            NameLookup names,
            Metrics metrics,
            Clock clock,
            EventExecutor renderer) {
        this.agent = agent;
        this.localApi = localApi;
        this.names = names;
        this.metrics = metrics;
        this.clock = clock;
        this.renderer = renderer;
        this.reporter = new StatusReporter(agent);
        this.pac = new PacPage(agent, localApi, renderer);
    }

    /** Loads what the first request would otherwise wait for; to be called on the thread that renders. */
    void warmUp() {
        byte[] unused = render(reporter.report(null, null));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean head = HttpMethod.HEAD.equals(request.method());
        var uri = new QueryStringDecoder(request.uri());
        switch (uri.path()) {
            case "/" -> {
                if (Page.isWanted(request)) {
                    renderer.execute(() -> page(ctx, page -> page.document().send(ctx, head)));
                } else {
                    Answer.ok("text/plain; charset=utf-8", INDEX.getBytes(StandardCharsets.UTF_8))
                            .send(ctx, head);
                }
            }
            case "/events" -> {
                if (Page.isForeign(request)) {
                    Answer.text(HttpResponseStatus.FORBIDDEN, "This is for the page at / alone.")
                            .send(ctx, head);
                } else {
                    ctx.pipeline().remove(ReadTimeoutHandler.class); // A viewer has nothing more to say.
                    renderer.execute(() -> page(ctx, page -> page.stream(ctx, head)));
                }
            }
            case "/healthz" -> Answer.text(HttpResponseStatus.OK, "ok").send(ctx, head);
            case "/readyz" -> ready().send(ctx, head);
            case "/metrics" -> renderer.execute(() -> metrics(ctx, head));
            case "/status" -> status(ctx, head);
            case "/status/schema" -> renderer.execute(() -> schema(ctx, head));
            case "/resolve" -> resolve(ctx, head, uri);
            case "/proxy.pac" -> renderer.execute(() -> proxyPac(ctx, head));
            default ->
                Answer.text(HttpResponseStatus.NOT_FOUND, "There is no such page; / lists them.")
                        .send(ctx, head);
        }
    }

    private Answer ready() {
        NodeState state = agent.nodeState();
        if (!state.isRunning()) {
            return Answer.text(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "the node is not up (" + StatusReporter.name(state.kind()) + "): " + state.reason());
        }
        AuditReport audit = agent.audit();
        if (audit != null && audit.isRequired() && !audit.counts().trouble().isEmpty()) {
            return Answer.text(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "the audit cannot be written to " + audit.log() + ": "
                            + audit.counts().trouble());
        }
        return agent.accepting()
                ? Answer.text(HttpResponseStatus.OK, "ready")
                : Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "the proxies are not accepting connections");
    }

    private void page(ChannelHandlerContext ctx, Consumer<Page> use) {
        try {
            Page made = page;
            if (made == null) {
                var facts = new PageFacts(agent, localApi, this::document, mapper(), clock, renderer);
                made = new Page(new Feed(facts, agent.observed(), mapper(), renderer));
                page = made;
            }
            use.accept(made);
        } catch (RuntimeException e) {
            failed(ctx, e);
        }
    }

    private void metrics(ChannelHandlerContext ctx, boolean head) {
        try {
            byte[] text = metrics.scrape().getBytes(StandardCharsets.UTF_8);
            Answer.ok("text/plain; version=0.0.4; charset=utf-8", text).send(ctx, head);
        } catch (RuntimeException e) {
            failed(ctx, e);
        }
    }

    private void status(ChannelHandlerContext ctx, boolean head) {
        localApi.get("/localapi/v0/status", renderer).addListener((Future<byte[]> told) -> {
            try {
                Answer.ok("application/json", render(document(told))).send(ctx, head);
            } catch (RuntimeException e) {
                failed(ctx, e);
            }
        });
    }

    private static void schema(ChannelHandlerContext ctx, boolean head) {
        try (@Nullable InputStream schema = StatusHandler.class.getResourceAsStream("status.schema.json")) {
            if (schema == null) {
                throw new IllegalStateException("status.schema.json is missing in the agent's jar");
            }
            Answer.ok("application/schema+json", schema.readAllBytes()).send(ctx, head);
        } catch (IOException | RuntimeException e) {
            failed(ctx, e);
        }
    }

    /** On the control socket alone: a name asked for here is asked for at DNS servers, which not everybody is to bring about. */
    private void resolve(ChannelHandlerContext ctx, boolean head, QueryStringDecoder uri) {
        if (!(ctx.channel() instanceof DomainSocketChannel)) {
            Answer.text(
                            HttpResponseStatus.NOT_FOUND,
                            "Names are looked up on the control socket: tailnet-agent resolve")
                    .send(ctx, head);
            return;
        }
        String name = uri.parameters().getOrDefault("name", List.of("")).getFirst();
        names.of(name, renderer).addListener((Future<ResolveDocument> told) -> {
            try {
                byte[] json = mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(told.getNow());
                Answer.ok("application/json", json).send(ctx, head);
            } catch (RuntimeException e) {
                failed(ctx, e);
            }
        });
    }

    private void proxyPac(ChannelHandlerContext ctx, boolean head) {
        pac.render(mapper()).addListener((Future<String> script) -> {
            if (script.isSuccess()) {
                Answer.ok(ProxyPac.CONTENT_TYPE, script.getNow().getBytes(StandardCharsets.UTF_8))
                        .send(ctx, head);
            } else {
                failed(ctx, script.cause());
            }
        });
    }

    private StatusDocument document(Future<byte[]> told) {
        if (!told.isSuccess()) {
            return reporter.report(null, String.valueOf(told.cause().getMessage()));
        }
        try {
            return reporter.report(NodeReport.parse(mapper(), told.getNow()), null);
        } catch (JacksonException e) {
            return reporter.report(null, "the node's answer is not understood: " + e.getOriginalMessage());
        }
    }

    private byte[] render(StatusDocument document) {
        return mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    }

    /** Jackson's databind takes a while to load: made on the first use. All uses are on the one thread that renders. */
    private JsonMapper mapper() {
        JsonMapper made = mapper;
        if (made == null) {
            made = JsonMapper.builder().build();
            mapper = made;
        }
        return made;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof RuntimeException) {
            failed(ctx, cause);
        } else {
            ctx.close();
        }
    }

    private static void failed(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.error("A request to the status endpoint failed", cause);
        Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "A fault of the agent; its log has the details.")
                .send(ctx, false);
    }
}
