package dev.tailnet.agent.observe;

import dev.tailnet.proxy.audit.Decision;
import java.time.Instant;

/** A request that came to nothing, or would have under an enforced policy. */
public record Refused(Instant time, Decision decision) {}
