/** Tests of text for people. */
@NullMarked
package dev.tailnet.agent.cli.text;

import org.jspecify.annotations.NullMarked;
