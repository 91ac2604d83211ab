package dev.tailnet.agent.check;

/** Whether this process gets to the target without the agent, whose rules would then not hold for it. */
public enum Egress {
    /** It does. */
    OPEN,
    /** It does not. */
    CLOSED,
    /** There was no target, or none that could be tried. */
    UNTESTED
}
