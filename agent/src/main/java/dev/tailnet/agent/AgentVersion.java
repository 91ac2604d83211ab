package dev.tailnet.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this agent. */
public final class AgentVersion {
    private AgentVersion() {}

    /** As in the build, {@code 0.1.0}. */
    public static String current() {
        var properties = new Properties();
        try (var in = AgentVersion.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing in the agent's jar");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "");
    }
}
