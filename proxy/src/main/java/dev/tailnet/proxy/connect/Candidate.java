package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;

/** An address that may be dialed, and the way to it. */
public record Candidate(InetAddress address, Route route) {}
