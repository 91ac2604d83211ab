/**
 * Records the AOT cache of the distribution: an agent on a tailnet of its own does what agents do, and its JVM notes what it loads.
 * Run by the build; measures and tests nothing.
 */
@NullMarked
package dev.tailnet.testnet.training;

import org.jspecify.annotations.NullMarked;
