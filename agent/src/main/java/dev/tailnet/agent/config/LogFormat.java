package dev.tailnet.agent.config;

/** How a log line looks. */
public enum LogFormat {
    /** One line of plain text for each event. */
    TEXT,
    /** One JSON object on a line for each event. */
    JSON
}
