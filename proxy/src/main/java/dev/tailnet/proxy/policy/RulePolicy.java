package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.Finding;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.policy.rules.RuleReview;
import dev.tailnet.proxy.policy.rules.RuleSet;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The user's rules on top of what holds without any. A rule lifts a ban of the {@link BasePolicy} only where it means just that,
 * and never opens a way that is closed as a whole. Immutable.
 */
public final class RulePolicy implements Policy {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final BasePolicy base;
    private final CompiledRules rules;
    private final InboundRules inbound;
    private final RuleSet set;
    private final RefusalTexts texts;

    public RulePolicy(BasePolicy base, RuleSet set) {
        this.base = base;
        this.rules = CompiledRules.of(set);
        this.set = set;
        this.texts = new RefusalTexts(set.source());
        this.inbound = new InboundRules(CompiledRules.ofInbound(set));
    }

    public RuleSet set() {
        return set;
    }

    /** What is probably not meant about the rules. */
    public List<RuleReview.Remark> review() {
        return RuleReview.of(rules, inbound.rules());
    }

    @Override
    public String mode() {
        return set.mode().word();
    }

    @Override
    public boolean hidesNames() {
        return set.hideNames();
    }

    @Override
    public boolean endsWhatItDenies() {
        return set.endDenied();
    }

    @Override
    public Verdict onTarget(ConnectRequest request) {
        Facts facts = RequestFacts.of(request, null, null);
        Ban ban = base.banOnTarget(request);
        if (ban != null && !isLifted(ban, facts)) {
            return ban.refusal();
        }
        return isAsked() ? obey(rules.foresee(facts), request.target().toString(), facts) : Verdict.allowed();
    }

    @Override
    public Verdict onLookup(String name) {
        return isAsked() ? obey(rules.foresee(Facts.ofLookup(name)), name) : Verdict.allowed();
    }

    @Override
    public boolean mayAllowByAnotherName(ConnectRequest request) {
        return mayAllowByAnotherName(RequestFacts.of(request, null, null));
    }

    @Override
    public boolean mayAllowByAnotherName(String name) {
        return mayAllowByAnotherName(Facts.ofLookup(name));
    }

    private boolean mayAllowByAnotherName(Facts facts) {
        String name = facts.name();
        return set.mode() == Mode.ENFORCE
                && name != null
                && !BasePolicy.isThisHost(name)
                && rules.foresee(facts).rule() == null
                && rules.mayAllowAnotherNameOf(name);
    }

    @Override
    public boolean judgesAnswers() {
        return set.mode() == Mode.ENFORCE;
    }

    @Override
    public Verdict onAnswer(String name, List<String> alsoCalled, InetAddress address, Route route) {
        if (!judgesAnswers()) {
            return Verdict.allowed();
        }
        InetAddress meant = EmbeddedAddress.in(address);
        Facts facts = new Facts(name, address, meant.equals(address) ? null : meant, null);
        Ban ban = BasePolicy.banOnAnswer(name, address, route);
        if (ban != null && !isLifted(ban, facts)) {
            return ban.refusal();
        }
        String shown = name + " (" + AddressText.of(address) + ")";
        Finding finding = find(facts, alsoCalled, rules::foresee);
        return finding.effect() != Effect.DENY && isPrivateByTheWay(facts, meant, route)
                ? texts.privateAddress(shown)
                : obey(finding, shown);
    }

    @Override
    public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
        Facts facts = RequestFacts.of(request, address, route);
        Ban ban = base.banOnAddress(request, address, route);
        if (ban != null && !isLifted(ban, facts)) {
            return ban.refusal();
        }
        if (base.onRoute(request, address, route) instanceof Verdict.Refused closed) {
            return closed;
        }
        return isAsked() ? onRules(request, alsoCalled, address, facts, route) : Verdict.allowed();
    }

    private Verdict onRules(
            ConnectRequest request, List<String> alsoCalled, InetAddress address, Facts facts, Route route) {
        InetAddress meant = EmbeddedAddress.in(address);
        Finding finding = find(facts, alsoCalled, rules::judge);
        if (finding.effect() == Effect.DENY) {
            return obey(finding, texts.shown(request, alsoCalled, address, meant), facts);
        }
        if (isPrivateByTheWay(facts, meant, route)) {
            return enforce(texts.privateAddress(texts.shown(request, alsoCalled, address, meant)));
        }
        if (!requiresName(request, finding.rule())) {
            return obey(finding, "");
        }
        if (RequestFacts.protocolOf(request) == RuleProtocol.UDP) {
            return enforce(texts.noName(request, "datagrams show none that can be read: use TCP"));
        }
        // Only where it is obeyed: to wait for a name would keep from a client what its server says first.
        return new Verdict.Allowed(nameOf(finding), null, set.mode() == Mode.ENFORCE);
    }

    @Override
    public Verdict onUnresolved(ConnectRequest request, Route route) {
        if (base.onUnresolved(request, route) instanceof Verdict.Refused closed) {
            return closed;
        }
        Finding finding = rules.judge(RequestFacts.of(request, null, route));
        return isAsked() ? obey(finding, request.target().toString()) : Verdict.allowed();
    }

    @Override
    public Verdict onShownName(ConnectRequest request, InetAddress address, Route route, @Nullable String shown) {
        if (shown == null) {
            return texts.noName(request, "it shows none, or an encrypted one");
        }
        String name;
        try {
            if (!(HostSyntax.parse(shown) instanceof Host.Name(String normalised))) {
                return texts.noName(request, "it shows an address in its place");
            }
            name = normalised;
        } catch (ConnectFailure e) {
            return texts.noName(request, String.valueOf(e.getMessage()));
        }
        if (BasePolicy.isThisHost(name)) {
            return Ban.ofThisHost(name).refusal();
        }
        Facts facts = RequestFacts.of(request, address, route);
        Finding atAddress = rules.judge(facts.called(name));
        Finding anywhere = rules.judge(facts.onlyCalled(name));
        Finding finding = atAddress.effect() == Effect.DENY ? atAddress : anywhere;
        return finding.effect() == Effect.ALLOW
                ? obey(finding, "")
                : texts.refusal(finding, name + ", the name that a connection to " + request.target() + " shows,");
    }

    @Override
    public Verdict onInbound(InboundRequest request) {
        return isAsked() ? obey(inbound.judge(request), InboundRules.shown(request)) : Verdict.allowed();
    }

    @Override
    public boolean isAboutInbound() {
        return set.isAboutInbound();
    }

    private boolean isAsked() {
        return set.mode() != Mode.OPEN;
    }

    private boolean isLifted(Ban ban, Facts facts) {
        if (!isAsked()) {
            return false;
        }
        boolean isByName = ban.kind() == AddressKind.LOOPBACK
                && ban.ownPort() == 0
                && facts.name() != null
                && BasePolicy.isThisHost(facts.name())
                && rules.allowsName(facts);
        return isByName || rules.allowsAddress(facts, ban::isLiftedBy);
    }

    /** Asks the rules about all names of one host: a denial by any of them holds, and else an allowance by any. */
    private static Finding find(Facts facts, List<String> alsoCalled, Function<Facts, Finding> question) {
        Finding found = question.apply(facts);
        for (String other : alsoCalled) {
            Finding byOther = question.apply(facts.called(other));
            boolean isFinal = found.rule() != null && found.effect() == Effect.DENY;
            if (!isFinal && byOther.rule() != null && (byOther.effect() == Effect.DENY || found.rule() == null)) {
                found = byOther;
            }
        }
        return found;
    }

    private boolean isPrivateByTheWay(Facts facts, InetAddress meant, Route route) {
        return (route == Route.DIRECT || route == Route.UPSTREAM_PROXY)
                && set.privateDirect() == Effect.DENY
                && AddressKind.isPrivate(meant)
                && !rules.allowsAddress(facts, (Cidr cidr, Rule rule) -> AddressKind.isPrivate(cidr));
    }

    private boolean requiresName(ConnectRequest request, @Nullable Rule rule) {
        int port = request.target().port();
        return (port == HTTPS_PORT || port == HTTP_PORT)
                && request.target().host() instanceof Host.Address
                && RequestFacts.protocolOf(request) != RuleProtocol.HTTP
                && (rule == null ? set.requireName() : rule.requireName().orElse(set.requireName()));
    }

    private Verdict obey(Finding finding, String target) {
        return finding.effect() == Effect.DENY
                ? enforce(texts.refusal(finding, target))
                : new Verdict.Allowed(nameOf(finding), null, false);
    }

    private Verdict obey(Finding finding, String target, Facts facts) {
        return finding.effect() == Effect.DENY
                ? enforce(
                        texts.refusal(finding, target, finding.rule() == null ? rules.allowingOtherwise(facts) : null))
                : new Verdict.Allowed(nameOf(finding), null, false);
    }

    private Verdict enforce(Verdict.Refused refusal) {
        return set.mode() == Mode.ENFORCE ? refusal : new Verdict.Allowed(null, refusal, false);
    }

    private static @Nullable String nameOf(Finding finding) {
        return finding.rule() == null ? null : finding.rule().name();
    }
}
