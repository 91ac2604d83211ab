/**
 * Scripts that have a shell complete the program's commands and flags, made of the command model. picocli makes that of bash. {@code cli}
 * calls it.
 */
@NullMarked
package dev.tailnet.agent.cli.completion;

import org.jspecify.annotations.NullMarked;
