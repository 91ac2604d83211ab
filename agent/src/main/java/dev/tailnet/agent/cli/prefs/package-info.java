/**
 * The node's preferences as the flags of {@code up} and {@code set} name them, and what becomes of them: values and decisions
 * alone, without JSON, sockets or the command line's parser.
 */
@NullMarked
package dev.tailnet.agent.cli.prefs;

import org.jspecify.annotations.NullMarked;
