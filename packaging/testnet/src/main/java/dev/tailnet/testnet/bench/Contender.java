package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.CommandResult;
import java.net.InetSocketAddress;

/** A proxy process under measurement, up and with its ports. */
interface Contender extends AutoCloseable {
    Side side();

    InetSocketAddress socks5();

    /** Where it serves plain HTTP. */
    InetSocketAddress http();

    /** What its process used so far. */
    ProcessUsage usage();

    /** Asks it for its status by its command line. */
    CommandResult status();

    /** The end of its log, for an error message. */
    String logTail();

    @Override
    void close();
}
