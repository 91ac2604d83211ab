package dev.tailnet.agent.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The system's list of TCP sockets ({@code /proc/net/tcp} and {@code tcp6}, proc(5)), as far as clients of this agent are in it. */
final class SocketTable {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    /** Of a machine with more connections nobody is told who the others are. */
    private static final int MOST_LINES = 50_000;
    /** Those that are of interest, and the rest as one. */
    private static final int FIELDS = 11;

    private final Path net;

    /** @param net {@code /proc/net} */
    SocketTable(Path net) {
        this.net = net;
    }

    /** A client's end of a connection. */
    record Owned(long inode, int uid) {}

    /**
     * Finds clients' sockets.
     *
     * @param clients where they connected from
     * @param ports where they connected to
     */
    Map<InetSocketAddress, Owned> find(Collection<InetSocketAddress> clients, Set<Integer> ports) throws IOException {
        Map<String, InetSocketAddress> wanted = new HashMap<>();
        for (InetSocketAddress client : clients) {
            spellings(client.getAddress())
                    .forEach(
                            spelling -> wanted.put(spelling + ":" + HEX.toHexDigits((short) client.getPort()), client));
        }
        Set<String> to = new HashSet<>();
        ports.forEach(port -> to.add(HEX.toHexDigits((short) (int) port)));
        Map<InetSocketAddress, Owned> found = new HashMap<>();
        for (String table : List.of("tcp", "tcp6")) {
            search(net.resolve(table), wanted, to, found);
        }
        return found;
    }

    private static void search(
            Path table, Map<String, InetSocketAddress> wanted, Set<String> to, Map<InetSocketAddress, Owned> found)
            throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
            lines.readLine();
            String line = lines.readLine();
            for (int i = 0; line != null && i < MOST_LINES; i++) {
                String[] fields = line.strip().split(" +", FIELDS);
                InetSocketAddress client = fields.length == FIELDS ? wanted.get(fields[1]) : null;
                if (client != null && to.contains(portOf(fields[2]))) {
                    long inode = Long.parseLong(fields[9]);
                    if (inode != 0) {
                        found.put(client, new Owned(inode, Integer.parseInt(fields[7])));
                    }
                }
                line = lines.readLine();
            }
        } catch (NoSuchFileException e) {
            // A system without IPv6.
        } catch (NumberFormatException e) {
            throw new IOException(table + " is not as expected", e);
        }
    }

    private static String portOf(String endpoint) {
        return endpoint.substring(endpoint.indexOf(':') + 1);
    }

    /** As the kernel prints addresses: words of the machine's byte order; an IPv4 client may have a socket of IPv6. */
    private static List<String> spellings(InetAddress address) {
        String words = words(address.getAddress());
        return address instanceof Inet4Address
                ? List.of(words, words(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}) + words)
                : List.of(words);
    }

    private static String words(byte[] address) {
        ByteBuffer bytes = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
        var text = new StringBuilder();
        while (bytes.hasRemaining()) {
            text.append(HEX.toHexDigits(bytes.getInt()));
        }
        return text.toString();
    }
}
