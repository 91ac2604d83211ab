/** The programs behind {@code packaging/quickstart}: shows a newcomer tailnet-agent at work, and checks that it works. */
@NullMarked
package dev.tailnet.testnet.quickstart;

import org.jspecify.annotations.NullMarked;
