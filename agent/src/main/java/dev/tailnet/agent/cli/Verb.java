package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A subcommand. */
interface Verb {

    /** Describes its flags. A model made by code: reading annotations costs start-up time. */
    CommandSpec spec();

    /** What it may end with, for its help. */
    Set<ExitCode> exitCodes();

    /**
     * Does it; writes what was asked for to stdout and everything else to stderr.
     *
     * @throws ControlException if the running agent cannot be asked or says no, for the program to report
     */
    ExitCode execute(ParseResult arguments) throws ControlException;
}
