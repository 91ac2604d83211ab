package dev.tailnet.agent;

import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.logging.Logging;
import dev.tailnet.agent.status.ControlPage;
import dev.tailnet.agent.status.DebugPages;
import dev.tailnet.agent.status.LocalApi;
import dev.tailnet.agent.status.PolicyPages;
import dev.tailnet.agent.status.StatusServer;
import dev.tailnet.agent.status.WaitPage;
import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operators and the command line find the agent: the status port and the control socket. */
final class Consoles implements Part {
    private static final String CONTROL_SOCKET = "agent.sock";
    private static final Logger LOGGER = LoggerFactory.getLogger(Consoles.class);

    private final Core core;
    private final Traffic traffic;
    private final Supplier<Configuration> configuration;
    private @Nullable StatusServer server;

    /** @param configuration what is in force */
    Consoles(Core core, Traffic traffic, Supplier<Configuration> configuration) {
        this.core = core;
        this.traffic = traffic;
        this.configuration = configuration;
    }

    @Override
    public void open() throws StartFailure {
        var group = core.loops().group();
        var localApi = new LocalApi(group, core.node()::node);
        var opened = new StatusServer(
                group,
                traffic.view(),
                localApi,
                traffic.lookup(),
                traffic.metrics(),
                traffic.tunnels(),
                pages(localApi),
                core.clock());
        server = opened;
        var asked = core.settings().listeners().status();
        if (asked.isPresent()) {
            InetSocketAddress address = opened.bind(asked.get());
            core.listeners().addStatus(address);
            LOGGER.info("Status at http://{}/", AddressText.of(address));
        }
        Path socket = core.settings().runtimeDir().resolve(CONTROL_SOCKET);
        opened.bind(socket);
        core.listeners().addControl(socket);
        opened.warmUp();
    }

    private Map<String, ControlPage> pages(LocalApi localApi) {
        var pages = new HashMap<String, ControlPage>();
        pages.putAll(DebugPages.of(() -> configuration.get().print(), Logging.recent(), localApi));
        pages.putAll(PolicyPages.of(traffic.policy(), traffic.lookup()));
        pages.put("/wait", new WaitPage(traffic.view(), core.node()::onChange));
        return pages;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
