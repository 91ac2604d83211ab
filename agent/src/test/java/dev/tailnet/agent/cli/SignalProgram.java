package dev.tailnet.agent.cli;

import dev.tailnet.agent.ReloadFailure;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.PolicySettings;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.status.StatusDocument.Listener;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** The program with an agent that ends after as many calls of stop as the first argument says. */
final class SignalProgram {
    private SignalProgram() {}

    public static void main(String[] args) {
        var run = new RunVerb(
                configuration -> new PatientAgent(Integer.parseInt(args[0]), configuration.settings()),
                NativeLibrary.none());
        System.exit(new Program(Verbs.ofAgent(run), Invocation.TAILNET_AGENT)
                .execute(Arrays.copyOfRange(args, 1, args.length)));
    }

    private static final class PatientAgent implements RunningAgent {
        private final CountDownLatch stops;

        PatientAgent(int patience, Settings settings) {
            stops = new CountDownLatch(patience);
            System.out.println("started as " + settings.node().hostname());
        }

        @Override
        public int awaitStop() {
            try {
                stops.await();
                return 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public List<Listener> listeners() {
            return List.of();
        }

        @Override
        public CompletionStage<?> up() {
            return new CompletableFuture<>();
        }

        @Override
        public void reloading(Runnable reload) {
            reload.run();
        }

        @Override
        public void reload(Configuration configuration) throws ReloadFailure {
            System.out.println(
                    "reload with " + configuration.settings().limits().connections() + " connections");
        }

        @Override
        public void replacePolicy(PolicySettings rules) {
            System.out.println("policy of " + rules.rules().rules().size() + " rules");
        }

        @Override
        public void onPolicyReload(Supplier<String> reload) {}

        @Override
        public void stop() {
            stops.countDown();
            System.out.println("stop");
        }
    }
}
