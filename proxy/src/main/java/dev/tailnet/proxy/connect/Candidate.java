package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What may be dialed, and the way to it.
 *
 * @param address null for the target by its name, which the upstream proxy resolves
 * @param verdict why it may
 */
public record Candidate(@Nullable InetAddress address, Route route, Verdict.Allowed verdict) {}
