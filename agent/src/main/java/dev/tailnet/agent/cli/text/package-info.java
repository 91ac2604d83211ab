/** How the command line puts things for people: columns, durations, QR codes. Knows nothing of the agent. */
@NullMarked
package dev.tailnet.agent.cli.text;

import org.jspecify.annotations.NullMarked;
