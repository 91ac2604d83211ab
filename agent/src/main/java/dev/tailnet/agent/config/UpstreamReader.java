package dev.tailnet.agent.config;

import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the settings of the upstream proxy, whose URL may hold a password: no message, and nothing printed, has it. */
final class UpstreamReader {
    private static final SecretSource URL =
            new SecretSource(Setting.UPSTREAM_PROXY, Setting.UPSTREAM_PROXY_FILE, "upstream-proxy");
    private static final String DIRECT = "direct";
    private static final String CONTROL = "control";
    private static final Set<String> USES = new LinkedHashSet<>(List.of(DIRECT, CONTROL));

    private final SettingReader reader;
    private final Findings findings;
    private final Map<String, String> environment;

    UpstreamReader(SettingReader reader, Map<String, String> environment) {
        this.reader = reader;
        this.findings = reader.findings();
        this.environment = environment;
    }

    /** @param own where the agent will listen: an upstream proxy there would be the agent itself */
    Optional<UpstreamSettings> read(Collection<InetSocketAddress> own) {
        var uses = uses();
        var exempt = noProxy();
        var asked = URL.find(reader, environment);
        if (asked.isEmpty()) {
            Stream.of(Setting.UPSTREAM_PROXY_FOR, Setting.UPSTREAM_NO_PROXY)
                    .map(reader::given)
                    .flatMap(Optional::stream)
                    .forEach(alone ->
                            findings.warning(alone.source(), "means nothing without --upstream-proxy, and is ignored"));
            return Optional.empty();
        }
        reader.note(Setting.UPSTREAM_PROXY_FOR, List.copyOf(uses));
        var named = proxy(asked.get()).filter(proxy -> leadsOut(proxy, own));
        var noProxy = exempt.orElse(named.map(Named::noProxy).orElse(List.of()));
        reader.note(
                Setting.UPSTREAM_NO_PROXY,
                noProxy,
                exempt.isEmpty() && !noProxy.isEmpty()
                        ? Source.variable(EnvironmentProxy.EXEMPTIONS)
                        : reader.source(Setting.UPSTREAM_NO_PROXY));
        return named.map(proxy -> new UpstreamSettings(
                proxy.proxy(), proxy.source().text(), noProxy, uses.contains(DIRECT), uses.contains(CONTROL)));
    }

    private Set<String> uses() {
        var asked = reader.given(Setting.UPSTREAM_PROXY_FOR);
        if (asked.isEmpty()) {
            return USES;
        }
        var uses = new LinkedHashSet<>(ListValues.items(asked.get()));
        for (var use : uses) {
            if (!USES.contains(use)) {
                findings.problem(asked.get().source(), "'" + use + "' is none of " + String.join(", ", USES));
            }
        }
        return uses;
    }

    private Optional<List<String>> noProxy() {
        return reader.given(Setting.UPSTREAM_NO_PROXY).map(asked -> {
            var items = ListValues.items(asked);
            reader.each(items, asked.source(), item -> NoProxy.of(List.of(item)));
            return items;
        });
    }

    /** A proxy with where it came from, and what the same place exempts from it. */
    private record Named(UpstreamProxy proxy, Source source, boolean ofEnvironment, List<String> noProxy) {
        static Named asked(UpstreamProxy proxy, Source source) {
            return new Named(proxy, source, false, List.of());
        }
    }

    private Optional<Named> proxy(Given asked) {
        var value = asked.value();
        if (asked.setting() == Setting.UPSTREAM_PROXY && value.equals(EnvironmentProxy.ASKED)) {
            reader.note(Setting.UPSTREAM_PROXY, List.of(value), asked.source());
            return ofEnvironment(asked);
        }
        if (asked.setting() == Setting.UPSTREAM_PROXY_FILE || SecretFile.isReference(value)) {
            reader.note(asked.setting(), List.of(value), asked.source());
            return SecretFile.of(value)
                    .read(asked.source(), findings)
                    .flatMap(url -> reader.parse(url, asked.source(), ProxyUrl::parse))
                    .map(proxy -> Named.asked(proxy, asked.source()));
        }
        reader.note(Setting.UPSTREAM_PROXY, List.of(ProxyUrl.masked(value)), asked.source());
        warnOfVisiblePassword(asked);
        return reader.parse(value, asked.source(), ProxyUrl::parse).map(proxy -> Named.asked(proxy, asked.source()));
    }

    /** One of the environment is ignored when it is the agent: other programs here are meant to use it. */
    private boolean leadsOut(Named named, Collection<InetSocketAddress> own) {
        if (!OwnAddress.isOneOf(named.proxy().at(), own)) {
            return true;
        }
        if (named.ofEnvironment()) {
            findings.warning(named.source(), named.proxy() + " is this agent itself, and is ignored");
        } else {
            findings.problem(
                    named.source(),
                    named.proxy() + " is this agent itself: name the proxy that leads out of this network, or leave"
                            + " --upstream-proxy out");
        }
        return false;
    }

    private Optional<Named> ofEnvironment(Given asked) {
        var variable = EnvironmentProxy.in(environment);
        if (variable.isEmpty()) {
            findings.warning(
                    asked.source(),
                    "the environment names no proxy (" + String.join(", ", EnvironmentProxy.NAMES) + "): none is used");
            return Optional.empty();
        }
        var source = Source.variable(variable.get().getKey());
        var exempt = EnvironmentProxy.noProxy(environment, findings);
        return reader.parse(variable.get().getValue(), source, ProxyUrl::parse)
                .map(proxy -> new Named(proxy, source, true, exempt));
    }

    private void warnOfVisiblePassword(Given asked) {
        if (ProxyUrl.secret(asked.value()).isEmpty()) {
            return;
        }
        switch (asked.source().layer()) {
            case FLAG ->
                findings.warning(
                        asked.source(),
                        "other users could see the password until it was scrubbed from the process title: use"
                                + " --upstream-proxy-file or " + Setting.UPSTREAM_PROXY.variable());
            case FILE ->
                findings.warning(
                        asked.source(), "the password is stored in the configuration file: use upstream-proxy-file");
            case ENVIRONMENT, CREDENTIAL, DEFAULT -> {}
        }
    }
}
