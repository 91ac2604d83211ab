package dev.tailnet.agent;

import dev.tailnet.agent.service.NotifySocket;
import dev.tailnet.agent.service.WatchdogInterval;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the service manager informed, if one asks. The service is ready when the proxies listen and the node has started, as
 * tailscaled's is when it serves: a node that nobody has logged in yet must not look like one that does not start.
 */
final class ServiceNotices implements Part {
    private final Core core;
    private final Map<String, String> environment;
    private @Nullable ServiceTeller teller;

    ServiceNotices(Core core, Map<String, String> environment) {
        this.core = core;
        this.environment = environment;
    }

    @Override
    public void open() {
        NotifySocket.open(environment, core.loops().group()).ifPresent(socket -> {
            var made = new ServiceTeller(core, socket);
            teller = made;
            core.node().onChange(() -> made.soon(made::nodeChanged));
            made.soon(made::nodeChanged);
        });
    }

    @Override
    public void started() {
        tell(ServiceTeller::ready);
        WatchdogInterval.of(environment, ProcessHandle.current().pid())
                .ifPresent(interval -> tell(teller -> teller.watch(interval)));
    }

    /** Runs a reload, from the reading of the configuration on. */
    void reloading(Runnable reload) {
        tell(ServiceTeller::reloading);
        try {
            reload.run();
        } finally {
            tell(ServiceTeller::ready);
        }
    }

    @Override
    public void windDown() {
        tell(ServiceTeller::stopping);
    }

    @Override
    public void close() {
        if (teller != null) {
            teller.close();
        }
    }

    private void tell(Consumer<ServiceTeller> news) {
        ServiceTeller present = teller;
        if (present != null) {
            present.soon(() -> news.accept(present));
        }
    }
}
