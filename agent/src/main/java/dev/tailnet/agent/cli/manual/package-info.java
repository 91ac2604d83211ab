/**
 * Manual pages, as roff that {@code man} reads, made of the command model and of the settings when the distribution is built. Not
 * the help of {@code --help}, which picocli lays out. {@code cli} calls it.
 */
@NullMarked
package dev.tailnet.agent.cli.manual;

import org.jspecify.annotations.NullMarked;
