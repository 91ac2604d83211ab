package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the settings of the upstream proxy, whose URL may hold a password: no message, and nothing printed, has it. */
final class UpstreamReader {
    private static final String CREDENTIAL = "upstream-proxy";
    private static final String DIRECT = "direct";
    private static final String CONTROL = "control";
    private static final Set<String> USES = new LinkedHashSet<>(List.of(DIRECT, CONTROL));

    private final Map<Setting, Given> given;
    private final Findings findings;
    private final Map<Setting, Effective> effective;
    private final Map<String, String> environment;

    UpstreamReader(
            Map<Setting, Given> given,
            Findings findings,
            Map<Setting, Effective> effective,
            Map<String, String> environment) {
        this.given = given;
        this.findings = findings;
        this.effective = effective;
        this.environment = environment;
    }

    /** @param own where the agent will listen: an upstream proxy there would be the agent itself */
    Optional<UpstreamSettings> read(Collection<InetSocketAddress> own) {
        var uses = uses();
        var exempt = noProxy();
        var asked = source();
        if (asked.isEmpty()) {
            Stream.of(Setting.UPSTREAM_PROXY_FOR, Setting.UPSTREAM_NO_PROXY)
                    .map(given::get)
                    .filter(Objects::nonNull)
                    .forEach(alone ->
                            findings.warning(alone.source(), "means nothing without --upstream-proxy, and is ignored"));
            return Optional.empty();
        }
        note(Setting.UPSTREAM_PROXY_FOR, List.copyOf(uses), source(Setting.UPSTREAM_PROXY_FOR));
        var named = proxy(asked.get()).filter(proxy -> leadsOut(proxy, own));
        var noProxy = exempt.orElse(named.map(Named::noProxy).orElse(List.of()));
        note(
                Setting.UPSTREAM_NO_PROXY,
                noProxy,
                exempt.isEmpty() && !noProxy.isEmpty()
                        ? Source.variable(EnvironmentProxy.EXEMPTIONS)
                        : source(Setting.UPSTREAM_NO_PROXY));
        return named.map(proxy -> new UpstreamSettings(
                proxy.proxy(), proxy.source().text(), noProxy, uses.contains(DIRECT), uses.contains(CONTROL)));
    }

    private Source source(Setting setting) {
        var asked = given.get(setting);
        return asked == null ? Source.DEFAULT : asked.source();
    }

    private Set<String> uses() {
        var asked = given.get(Setting.UPSTREAM_PROXY_FOR);
        if (asked == null) {
            return USES;
        }
        var uses = new LinkedHashSet<>(ListValues.items(asked));
        for (var use : uses) {
            if (!USES.contains(use)) {
                findings.problem(asked.source(), "'" + use + "' is none of " + String.join(", ", USES));
            }
        }
        return uses;
    }

    private Optional<List<String>> noProxy() {
        var asked = given.get(Setting.UPSTREAM_NO_PROXY);
        if (asked == null) {
            return Optional.empty();
        }
        var items = ListValues.items(asked);
        for (var item : items) {
            try {
                NoProxy.of(List.of(item));
            } catch (IllegalArgumentException e) {
                findings.problem(asked.source(), String.valueOf(e.getMessage()));
            }
        }
        return Optional.of(items);
    }

    private Optional<Given> source() {
        var url = given.get(Setting.UPSTREAM_PROXY);
        var file = given.get(Setting.UPSTREAM_PROXY_FILE);
        if (url != null && file != null && url.source().layer() == file.source().layer()) {
            findings.problem(url.source(), "conflicts with " + file.source() + ": give one of them");
        }
        var asked = Stream.of(Optional.ofNullable(file), Optional.ofNullable(url))
                .flatMap(Optional::stream)
                .min(Comparator.comparing(candidate -> candidate.source().layer()));
        if (asked.isPresent()) {
            return asked;
        }
        var credentials = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
        var credential = Path.of(credentials, CREDENTIAL);
        return !credentials.isEmpty() && Files.exists(credential)
                ? Optional.of(
                        Given.of(Setting.UPSTREAM_PROXY_FILE, credential.toString(), Source.credential(CREDENTIAL)))
                : Optional.empty();
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
            note(Setting.UPSTREAM_PROXY, List.of(value), asked.source());
            return ofEnvironment(asked);
        }
        if (asked.setting() == Setting.UPSTREAM_PROXY_FILE || SecretFile.isReference(value)) {
            note(asked.setting(), List.of(value), asked.source());
            return SecretFile.of(value)
                    .read(asked.source(), findings)
                    .flatMap(url -> parse(url, asked.source()))
                    .map(proxy -> Named.asked(proxy, asked.source()));
        }
        note(Setting.UPSTREAM_PROXY, List.of(ProxyUrl.masked(value)), asked.source());
        warnOfVisiblePassword(asked);
        return parse(value, asked.source()).map(proxy -> Named.asked(proxy, asked.source()));
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
        return parse(variable.get().getValue(), source).map(proxy -> new Named(proxy, source, true, exempt));
    }

    private Optional<UpstreamProxy> parse(String url, Source source) {
        try {
            return Optional.of(ProxyUrl.parse(url));
        } catch (IllegalArgumentException e) {
            findings.problem(source, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
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

    private void note(Setting setting, List<String> values, Source source) {
        effective.put(setting, new Effective(setting, values, source.text()));
    }
}
