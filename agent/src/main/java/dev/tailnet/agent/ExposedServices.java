package dev.tailnet.agent;

import dev.tailnet.agent.config.Settings;

/** What the tailnet may connect to. */
final class ExposedServices implements Part {
    private final Core core;

    ExposedServices(Core core) {
        this.core = core;
    }

    @Override
    public void open() {
        expose(core.settings());
        core.listeners().onChange(core.exposures()::refresh);
    }

    private void expose(Settings settings) {
        core.exposures().apply(settings.exposed(), settings.limits().connections());
    }

    @Override
    public void apply(Settings next) throws ReloadFailure {
        try {
            expose(next);
        } catch (RuntimeException e) {
            throw new ReloadFailure(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void windDown() {
        core.exposures().close();
    }
}
