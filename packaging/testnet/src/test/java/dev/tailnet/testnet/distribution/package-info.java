/** Tests of the distribution as it was built; the module that builds it runs them. */
@NullMarked
package dev.tailnet.testnet.distribution;

import org.jspecify.annotations.NullMarked;
