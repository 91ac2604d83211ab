package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestNetwork;
import java.net.InetAddress;

/** The other end of all tunnels: one tailscaled for both sides, with a server on its loopback. */
final class FarSide implements AutoCloseable {
    private final Peer peer;
    private final LoadServer server = new LoadServer(InetAddress.ofLiteral("127.0.0.1"));

    FarSide(TestNetwork network) {
        // On a tailnet it is another machine. From the same file as the tailscaled that is measured it would keep that
        // one's
        // code in the processor's caches: a fourteenth of a round trip.
        this.peer = network.startPeer("far", PeerOptions.plain().withRelaidProgram());
    }

    /** Its tailnet address. */
    byte[] ipv4() {
        return InetAddress.ofLiteral(peer.ipv4()).getAddress();
    }

    /** The port of its {@link LoadServer}. */
    int port() {
        return server.port();
    }

    /** How many bytes its sinks got so far. */
    long received() {
        return server.received();
    }

    /** The end of its log, for an error message. */
    String logTail() {
        return peer.logTail();
    }

    @Override
    public void close() {
        server.close();
        peer.close();
    }
}
