/**
 * The command line: {@code run}, which starts the agent in this process, and the verbs that talk to a running one over
 * its control socket. The verbs load neither Netty nor the library, to answer at once.
 */
@NullMarked
package dev.tailnet.agent.cli;

import org.jspecify.annotations.NullMarked;
