package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.PortRange;
import dev.tailnet.proxy.policy.rules.Rule;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is denied without any rule. A rule lifts it that means just this: a block of such addresses and of nothing else, one
 * address of a metadata service, an address and port of the agent's own.
 *
 * @param address the one that is banned; null for a name that stands for this host
 * @param meant the address inside {@code address}, else the same
 * @param ownPort one of the agent's own listeners; 0 if it is not about them
 */
record Ban(
        Verdict.Refused refusal,
        AddressKind kind,
        @Nullable InetAddress address,
        @Nullable InetAddress meant,
        int ownPort) {

    static Ban of(AddressKind kind, String shown, InetAddress address, InetAddress meant) {
        return new Ban(Verdict.refused(kind.rule(), kind.explain(shown)), kind, address, meant, 0);
    }

    static Ban ofThisHost(String name) {
        AddressKind kind = AddressKind.LOOPBACK;
        return new Ban(Verdict.refused(kind.rule(), kind.explain(name)), kind, null, null, 0);
    }

    static Ban ofOwnListener(Verdict.Refused refusal, InetAddress address, InetAddress meant, int port) {
        return new Ban(refusal, AddressKind.of(meant), address, meant, port);
    }

    boolean isLiftedBy(Cidr cidr, Rule rule) {
        if (address == null || meant == null) {
            return false;
        }
        if (ownPort != 0 && !rule.condition().ports().contains(new PortRange(ownPort, ownPort))) {
            return false;
        }
        return address.equals(meant) ? kind.isMeantBy(cidr, meant) : cidr.isSingle();
    }
}
