package dev.tailnet.agent.testing;

import dev.tailnet.testnet.fixture.TcpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A service that takes the PROXY protocol, version 2: answers with what the header says, {@code FROM PORT TO PORT} and a line feed, and then
 * with what it gets.
 */
public final class ProxyHeaderServer extends TcpServer {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    public ProxyHeaderServer(InetAddress address) {
        super(address, 0);
        serve();
    }

    @Override
    protected void handle(Socket connection) throws IOException {
        var in = new DataInputStream(connection.getInputStream());
        byte[] signature = new byte[SIGNATURE.length];
        in.readFully(signature);
        int command = in.readUnsignedByte();
        int family = in.readUnsignedByte();
        int length = in.readUnsignedShort();
        int size = family == 0x21 ? 16 : 4;
        if (!Arrays.equals(signature, SIGNATURE)
                || command != 0x21
                || (family != 0x11 && family != 0x21)
                || length != 2 * size + 4) {
            throw new IOException("no PROXY header");
        }
        String from = address(in, size);
        String to = address(in, size);
        String told = from + " " + in.readUnsignedShort() + " " + to + " " + in.readUnsignedShort() + "\n";
        connection.getOutputStream().write(told.getBytes(StandardCharsets.US_ASCII));
        in.transferTo(connection.getOutputStream());
    }

    private static String address(DataInputStream in, int size) throws IOException {
        byte[] raw = new byte[size];
        in.readFully(raw);
        return InetAddress.getByAddress(raw).getHostAddress();
    }
}
