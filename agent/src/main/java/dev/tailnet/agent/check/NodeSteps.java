package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import java.util.Optional;

/** From the library to the relay: how far the node has come. It says itself where it is stuck. */
final class NodeSteps {
    private static final String LIBRARY = "library";
    private static final String CONTROL = "control server";
    private static final String LOGIN = "login";
    private static final String REGISTRATION = "registration";
    private static final String RELAY = "relay";

    private final AgentSide agent;
    private final Walk walk;

    NodeSteps(AgentSide agent, Walk walk) {
        this.agent = agent;
        this.walk = walk;
    }

    void take(NodeView node) throws StepFailure {
        Optional<Finding> trouble = trouble(node);
        step(LIBRARY, node.library(), trouble);
        if (node.isRunning()) {
            controlServer(node);
        } else {
            step(CONTROL, node.controlServer(), trouble);
        }
        step(LOGIN, "logged in", trouble);
        step(REGISTRATION, node.name() + ", " + String.join(", ", node.addresses()), trouble);
        relay(node, trouble);
    }

    private static Optional<Finding> trouble(NodeView node) {
        if (node.isRunning()) {
            return Optional.empty();
        }
        ExitCode cause = ExitCode.named(node.cause()).orElse(ExitCode.NODE_STARTING);
        String reason = node.reason().isEmpty() ? "the node is " + node.state() : node.reason();
        return Optional.of(Finding.of(cause, reason, fix(cause)));
    }

    /** Where the reason names no fix, or has it in the same sentence. */
    private static String fix(ExitCode cause) {
        return switch (cause) {
            case NODE_STARTING -> "Try again in a moment, or await it: 'tailnet-agent wait'.";
            case KEY_MISSING, LOGIN_WANTED -> "Do one of these; 'tailnet-agent up' shows the URL and waits.";
            case NODE_STOPPED -> "'tailnet-agent up' brings it up.";
            case RELAY_UNREACHABLE -> "Check this machine's network and what it lets out: relays are reached by HTTPS.";
            default -> "'tailnet-agent bugreport' collects what helps to find out more.";
        };
    }

    private void step(String name, String words, Optional<Finding> trouble) throws StepFailure {
        if (trouble.isPresent() && stepOf(trouble.get().cause()).equals(name)) {
            throw walk.failed(name, null, trouble.get());
        }
        walk.passed(name, null, words);
    }

    private void controlServer(NodeView node) {
        long start = System.nanoTime();
        boolean inTouch = agent.tailnet().map(TailnetView::inTouch).orElse(true);
        if (inTouch) {
            walk.passed(CONTROL, Walk.since(start), node.controlServer());
        } else {
            walk.note(
                    CONTROL,
                    Walk.since(start),
                    "the node is not in touch with " + node.controlServer() + " at the moment: it goes on with what it"
                            + " heard last, which may be old");
        }
    }

    private void relay(NodeView node, Optional<Finding> trouble) throws StepFailure {
        if (trouble.isPresent()) {
            throw walk.failed(RELAY, null, trouble.get());
        }
        Optional<String> warning = relayWarning(node);
        if (warning.isPresent()) {
            walk.note(RELAY, null, warning.get());
        } else if (node.derpHome().isEmpty()) {
            walk.note(RELAY, null, "none yet: peers can be reached directly only");
        } else {
            walk.passed(RELAY, null, "DERP " + node.derpHome());
        }
    }

    /** What the node's health checks say of its relay: they are told without a code. */
    static Optional<String> relayWarning(NodeView node) {
        return node.warnings().stream()
                .filter(warning -> warning.contains("relay server"))
                .findFirst();
    }

    private static String stepOf(ExitCode cause) {
        return switch (cause) {
            case NODE, LIBRARY -> NodeSteps.LIBRARY;
            case CONTROL_UNREACHABLE, CONTROL_CERTIFICATE -> CONTROL;
            case KEY_MISSING, KEY_INVALID, KEY_EXPIRED, KEY_USED, LOGIN_REFUSED, LOGIN_WANTED -> LOGIN;
            case NODE_KEY_EXPIRED, NODE_REMOVED, NEEDS_APPROVAL, NODE_STOPPED -> REGISTRATION;
            default -> RELAY;
        };
    }
}
