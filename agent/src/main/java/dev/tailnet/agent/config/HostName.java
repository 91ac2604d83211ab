package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host's name, for a node that is given none. From the kernel: asking the resolver may take seconds. */
final class HostName {
    private static final String FALLBACK = "tailnet-agent";

    private HostName() {}

    static String ofHost() {
        try {
            return of(Files.readString(Path.of("/proc/sys/kernel/hostname")));
        } catch (IOException e) {
            return FALLBACK;
        }
    }

    static String of(String kernelName) {
        var name = kernelName.strip();
        var dot = name.indexOf('.');
        var label = Values.fittingHostname(dot < 0 ? name : name.substring(0, dot));
        return label.isEmpty() || label.equals("localhost") ? FALLBACK : label;
    }
}
