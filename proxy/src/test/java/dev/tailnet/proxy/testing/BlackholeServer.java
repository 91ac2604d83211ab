package dev.tailnet.proxy.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A listener whose queue is full, so that Linux drops every further SYN: dials to it get no answer at all. */
public final class BlackholeServer implements AutoCloseable {
    private static final int PROBE_MILLISECONDS = 300;
    private static final int MOST = 16;

    private final ServerSocket server;
    private final List<SocketChannel> fillers = new ArrayList<>();

    private BlackholeServer(ServerSocket server) {
        this.server = server;
    }

    public static BlackholeServer start() throws IOException {
        var blackhole = new BlackholeServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < MOST; i++) {
            SocketChannel filler = SocketChannel.open();
            blackhole.fillers.add(filler);
            try {
                filler.socket().connect(blackhole.address(), PROBE_MILLISECONDS);
            } catch (SocketTimeoutException full) {
                return blackhole;
            }
        }
        blackhole.close();
        throw new IOException("the listener's queue did not fill up");
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel filler : fillers) {
            filler.close();
        }
        server.close();
    }
}
