package dev.tailnet.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Loopback ports that nobody uses right now, for programs that cannot tell which one they picked. */
public final class Ports {
    private Ports() {}

    /** A free TCP port of 127.0.0.1. */
    public static InetSocketAddress freeTcp() {
        try (var socket = new ServerSocket(0, 1, loopback())) {
            return new InetSocketAddress(loopback(), socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("no free TCP port on " + loopback(), e);
        }
    }

    /** A free UDP port of 127.0.0.1. */
    public static InetSocketAddress freeUdp() {
        try (var socket = new DatagramSocket(0, loopback())) {
            return new InetSocketAddress(loopback(), socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("no free UDP port on " + loopback(), e);
        }
    }

    /** The address as {@code 127.0.0.1:1055}. */
    public static String hostPort(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static InetAddress loopback() {
        return InetAddress.ofLiteral("127.0.0.1");
    }
}
