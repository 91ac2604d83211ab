/**
 * The DNS listener: serves over UDP and TCP what the proxies' own lookups find, to programs that know nothing of proxies. Asks
 * the policy for each name, and for each address by the way that leads there. No resolver of its own and no zones: it hands on. Called by whoever puts the process together.
 */
@NullMarked
package dev.tailnet.proxy.dns;

import org.jspecify.annotations.NullMarked;
