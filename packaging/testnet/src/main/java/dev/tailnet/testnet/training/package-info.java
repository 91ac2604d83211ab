/**
 * The AOT cache of the distribution, in two steps. {@link dev.tailnet.testnet.training.Training} records, by hand and now and then, what an
 * agent on a real tailnet loads and links, as a list that lies with the sources; {@link dev.tailnet.testnet.training.AotCache} makes the
 * cache from that list in every build, with no network and always alike. Measures and tests nothing.
 */
@NullMarked
package dev.tailnet.testnet.training;

import org.jspecify.annotations.NullMarked;
