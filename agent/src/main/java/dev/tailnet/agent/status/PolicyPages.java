package dev.tailnet.agent.status;

import dev.tailnet.agent.policy.PolicyText;
import dev.tailnet.agent.policy.PolicyTrial;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.resolve.Resolution;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What the control socket says about the policy, and its reload. */
public final class PolicyPages {
    private static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final PolicyView view;
    private final NameLookup names;
    /** Jackson's databind takes a while to load: made on the first use, on the one thread that answers. */
    private @Nullable JsonMapper mapper;

    private PolicyPages(PolicyView view, NameLookup names) {
        this.view = view;
        this.names = names;
    }

    /** The pages by path. */
    public static Map<String, ControlPage> of(PolicyView view, NameLookup names) {
        var pages = new PolicyPages(view, names);
        return Map.of(
                "/policy",
                (uri, executor) -> executor.newSucceededFuture(pages.explain()),
                "/policy/test",
                pages::test,
                "/policy/reload",
                (uri, executor) -> executor.newSucceededFuture(pages.reload()));
    }

    private Answer explain() {
        return Answer.ok(
                "text/plain; charset=utf-8", PolicyText.explain(view.rules()).getBytes(StandardCharsets.UTF_8));
    }

    private Answer reload() {
        try {
            return Answer.text(HttpResponseStatus.OK, view.reload());
        } catch (IllegalStateException e) {
            return Answer.text(HttpResponseStatus.CONFLICT, String.valueOf(e.getMessage()));
        }
    }

    /** Tries a request: {@code target}, and if wanted {@code role}, {@code protocol}, {@code method} and {@code path}. */
    private Future<Answer> test(QueryStringDecoder uri, EventExecutor executor) {
        Promise<Answer> answer = executor.newPromise();
        ConnectRequest request;
        try {
            request = request(uri);
        } catch (ConnectFailure e) {
            return answer.setSuccess(Answer.text(HttpResponseStatus.BAD_REQUEST, e.getMessage()));
        }
        Policy policy = view.policy().current();
        if (request.target().host() instanceof Host.Address(InetAddress address)) {
            return answer.setSuccess(json(PolicyTrial.of(policy, request, List.of(), names.ways(List.of(address)))));
        }
        boolean isRefused = policy.onTarget(request) instanceof Verdict.Refused;
        if (isRefused && !policy.mayAllowByAnotherName(request)) {
            return answer.setSuccess(json(PolicyTrial.of(policy, request, List.of(), List.of())));
        }
        names.lookUp(request.target().host().toString(), isRefused, executor).addListener((Future<Resolution> done) -> {
            String unresolved = unresolved(request.target().host(), done);
            PolicyTrial trial = unresolved == null
                    ? PolicyTrial.of(
                            policy,
                            request,
                            done.getNow().alsoCalled(),
                            names.ways(done.getNow().addresses()))
                    : PolicyTrial.ofUnresolved(policy, request, unresolved);
            answer.setSuccess(json(trial));
        });
        return answer;
    }

    /** Why there is no address to be judged; null when there is one. */
    private static @Nullable String unresolved(Host host, Future<Resolution> lookup) {
        if (!lookup.isSuccess()) {
            return String.valueOf(lookup.cause().getMessage());
        }
        Resolution found = lookup.getNow();
        return found.addresses().isEmpty() ? host + " has no address (" + found.answeredBy() + ")" : null;
    }

    private Answer json(PolicyTrial trial) {
        JsonMapper made = mapper;
        if (made == null) {
            made = JsonMapper.builder().build();
            mapper = made;
        }
        return Answer.ok(
                "application/json", made.writerWithDefaultPrettyPrinter().writeValueAsBytes(trial));
    }

    private static ConnectRequest request(QueryStringDecoder uri) throws ConnectFailure {
        String role = parameter(uri, "role");
        String method = parameter(uri, "method");
        String path = parameter(uri, "path");
        boolean isPlainHttp = !method.isEmpty() || !path.isEmpty();
        Protocol protocol = protocol(parameter(uri, "protocol"), isPlainHttp);
        if (isPlainHttp && protocol != Protocol.HTTP) {
            throw new ConnectFailure(
                    FailureReason.BAD_TARGET, "method and path are of plain HTTP alone: ask for the protocol http");
        }
        var http = protocol == Protocol.HTTP
                ? new PlainRequest(method.isEmpty() ? "GET" : method, path.isEmpty() ? "/" : path)
                : null;
        return new ConnectRequest(
                0, protocol, NOBODY, role.isEmpty() ? null : role, Target.parse(parameter(uri, "target")), http);
    }

    private static Protocol protocol(String word, boolean isPlainHttp) throws ConnectFailure {
        return switch (word) {
            case "" -> isPlainHttp ? Protocol.HTTP : Protocol.SOCKS5;
            case "tcp" -> Protocol.SOCKS5;
            case "udp" -> Protocol.SOCKS5_UDP;
            case "http" -> Protocol.HTTP;
            default ->
                throw new ConnectFailure(
                        FailureReason.BAD_TARGET, "the protocol '" + word + "' is none of tcp, udp, http");
        };
    }

    private static String parameter(QueryStringDecoder uri, String name) {
        return uri.parameters().getOrDefault(name, List.of("")).getFirst();
    }
}
