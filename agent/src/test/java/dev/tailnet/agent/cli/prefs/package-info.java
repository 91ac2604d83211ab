/** Tests of what becomes of preferences. */
@NullMarked
package dev.tailnet.agent.cli.prefs;

import org.jspecify.annotations.NullMarked;
