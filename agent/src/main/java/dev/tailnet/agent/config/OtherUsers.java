package dev.tailnet.agent.config;

/** What users of this host may do over {@link LocalApiSocket} who are neither root nor the agent's own nor the operator. */
public enum OtherUsers {
    READ,
    NONE
}
