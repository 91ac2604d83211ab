package dev.tailnet.agent.cli;

import dev.tailnet.agent.Agent;
import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.ReloadFailure;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.status.StatusDocument.Listener;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code tailnet-agent}. */
public final class Main {
    private static final List<String> NEEDS_NO_LIBRARY = List.of("--help", "-h", "--print-config");

    private Main() {}

    public static void main(String[] args) {
        var invocation = Invocation.current();
        if (invocation == Invocation.TAILSCALE) {
            end(exitCode(new Program(Verbs.ofTailscale(), invocation), args));
            return;
        }
        var library = NativeLibrary.none();
        if (args.length > 0 && args[0].equals(Verbs.RUN) && Arrays.stream(args).noneMatch(NEEDS_NO_LIBRARY::contains)) {
            library = NativeLibrary.load();
        }
        var run = new RunVerb(
                configuration -> {
                    var agent = Agent.start(configuration);
                    return new RunningAgent() {
                        @Override
                        public int awaitStop() {
                            return agent.awaitStop();
                        }

                        @Override
                        public List<Listener> listeners() {
                            return agent.listeners();
                        }

                        @Override
                        public CompletionStage<?> up() {
                            return agent.up();
                        }

                        @Override
                        public void stop() {
                            agent.stop();
                        }

                        @Override
                        public void reloading(Runnable reload) {
                            agent.reloading(reload);
                        }

                        @Override
                        public void reload(Configuration changed) throws ReloadFailure {
                            agent.reload(changed);
                        }

                        @Override
                        public void replacePolicy(PolicySettings rules) {
                            agent.replacePolicy(rules);
                        }

                        @Override
                        public void onPolicyReload(Supplier<String> reload) {
                            agent.onPolicyReload(reload);
                        }
                    };
                },
                library);
        int code = exitCode(new Program(Verbs.ofAgent(run), invocation), args);
        if (args.length > 0 && args[0].equals(Verbs.RUN)) {
            System.exit(code);
        }
        end(code);
    }

    /**
     * Ends a verb, which has no shutdown hooks. {@link System#exit} would first look for a logger to tell, in each jar of the class
     * path.
     */
    private static void end(int code) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    private static int exitCode(Program program, String[] args) {
        try {
            return program.execute(args);
        } catch (RuntimeException e) {
            System.err.println("tailnet-agent: unexpected failure, please report it:");
            e.printStackTrace();
            return ExitCode.INTERNAL.code();
        }
    }
}
