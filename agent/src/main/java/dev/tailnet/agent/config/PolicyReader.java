package dev.tailnet.agent.config;

import dev.tailnet.agent.policy.PolicyDocument;
import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Puts the rules of a file and those of flags together. Lists of flags are rules like any other, named as the flags. */
final class PolicyReader {
    private static final String NONE = "none";

    private final SettingReader reader;

    PolicyReader(SettingReader reader) {
        this.reader = reader;
    }

    /** @param section of the configuration file */
    PolicySettings read(Optional<PolicySection> section) {
        Optional<PolicySettings> written = written(section);
        List<Rule> lists = new ArrayList<>();
        add(lists, Setting.BLOCK_HOSTS, Effect.DENY, HostPattern::parse, PolicyReader::ofHosts);
        add(lists, Setting.BLOCK_CIDRS, Effect.DENY, Cidr::parse, PolicyReader::ofBlocks);
        add(lists, Setting.ALLOW_HOSTS, Effect.ALLOW, HostPattern::parse, PolicyReader::ofHosts);
        add(lists, Setting.ALLOW_CIDRS, Effect.ALLOW, Cidr::parse, PolicyReader::ofBlocks);
        RuleSet base = written.map(PolicySettings::rules).orElseGet(() -> ofLists(lists));
        Effect privateDirect = privateDirect(base);
        var together = new ArrayList<>(lists);
        together.addAll(base.rules());
        if (!lists.isEmpty() && base.mode() == Mode.OPEN) {
            reader.findings()
                    .warning("the mode of the policy is open: "
                            + lists.getFirst().where() + " has no effect");
        }
        var rules = new RuleSet(
                base.source(),
                base.mode(),
                base.fallback(),
                base.inboundFallback(),
                privateDirect,
                base.requireName(),
                base.hideNames(),
                base.endDenied(),
                together);
        return new PolicySettings(
                rules,
                written.flatMap(PolicySettings::file),
                written.map(PolicySettings::reading).orElse(Duration.ZERO));
    }

    private Optional<PolicySettings> written(Optional<PolicySection> section) {
        Optional<Given> policy = reader.given(Setting.POLICY);
        reader.note(Setting.POLICY, List.of(policy.map(Given::value).orElse(NONE)));
        return policy.filter(given -> !given.value().equals(NONE)).flatMap(given -> written(given, section));
    }

    private Optional<PolicySettings> written(Given policy, Optional<PolicySection> section) {
        if (section.isPresent() && policy.source().layer() == Source.Layer.FILE) {
            return section.map(
                    inside -> new PolicySettings(inside.rules(), Optional.of(inside.file()), inside.reading()));
        }
        return reader.parse(policy, Values::path).flatMap(file -> written(policy.source(), file));
    }

    private Optional<PolicySettings> written(Source source, Path file) {
        try {
            long start = System.nanoTime();
            PolicyDocument document = PolicyFile.read(file);
            var reading = Duration.ofNanos(System.nanoTime() - start);
            document.problems().forEach(problem -> reader.findings().problem(file.getFileName() + " " + problem));
            return Optional.of(new PolicySettings(document.rules(), Optional.of(file), reading));
        } catch (NoSuchFileException e) {
            reader.findings().problem(source, file + " does not exist");
        } catch (IOException e) {
            reader.findings().problem(source, file + " cannot be read: " + Causes.of(e));
        }
        return Optional.empty();
    }

    /** Flags alone: a list of what is allowed is one of all that is. */
    private static RuleSet ofLists(List<Rule> lists) {
        if (lists.isEmpty()) {
            return RuleSet.NONE;
        }
        boolean allows = lists.stream().anyMatch(rule -> rule.effect() == Effect.ALLOW);
        Effect rest = allows ? Effect.DENY : Effect.ALLOW;
        return new RuleSet(
                lists.getLast().where(),
                Mode.ENFORCE,
                rest,
                RuleSet.NONE.inboundFallback(),
                rest,
                false,
                false,
                RuleSet.NONE.endDenied(),
                List.of());
    }

    private Effect privateDirect(RuleSet base) {
        return reader.one(
                Setting.PRIVATE_DIRECT,
                text -> Values.constant(Effect.class, text),
                base.privateDirect(),
                Values::name);
    }

    private <T> void add(
            List<Rule> rules, Setting setting, Effect effect, Function<String, T> parser, RuleMaker<T> maker) {
        Source source = reader.source(setting);
        List<T> entries = List.copyOf(
                reader.each(reader.given(setting).map(ListValues::items).orElse(List.of()), source, parser));
        reader.note(setting, entries.stream().map(Object::toString).toList());
        if (!entries.isEmpty()) {
            rules.add(maker.make(setting.key(), source.text(), effect, entries));
        }
    }

    /** Makes one rule of a list. */
    @FunctionalInterface
    private interface RuleMaker<T> {
        Rule make(String name, String where, Effect effect, List<T> entries);
    }

    private static Rule ofHosts(String name, String where, Effect effect, List<HostPattern> hosts) {
        return new Rule(name, where, Direction.OUTBOUND, effect, hosts, List.of(), Condition.NONE, Optional.empty());
    }

    private static Rule ofBlocks(String name, String where, Effect effect, List<Cidr> cidrs) {
        return new Rule(name, where, Direction.OUTBOUND, effect, List.of(), cidrs, Condition.NONE, Optional.empty());
    }
}
