package dev.tailnet.bridge;

import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestNetwork;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one {@link TestNetwork} and in it one {@link Peer} in front of the subnet hosts, started with the first test
 * that asks and closed after the last.
 */
final class Tailnet implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestNetwork.class || type == Peer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.create(Tailnet.class));
        TestNetwork network = store.computeIfAbsent(TestNetwork.class, type -> TestNetwork.start(), TestNetwork.class);
        return parameter.getParameter().getType() == TestNetwork.class
                ? network
                : store.computeIfAbsent(
                        Peer.class, type -> network.startPeer("peer", PeerOptions.subnetRouter()), Peer.class);
    }
}
