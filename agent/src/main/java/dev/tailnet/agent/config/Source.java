package dev.tailnet.agent.config;

import java.nio.file.Path;

/**
 * Where a value came from.
 *
 * @param layer orders the sources
 * @param text in words: {@code --listen (flag)}, {@code agent.yaml line 7}
 */
record Source(Layer layer, String text) {

    /** First wins. */
    enum Layer {
        FLAG,
        ENVIRONMENT,
        FILE,
        CREDENTIAL,
        DEFAULT
    }

    static final Source DEFAULT = new Source(Layer.DEFAULT, "default");

    static Source flag(String flag) {
        return new Source(Layer.FLAG, flag + " (flag)");
    }

    static Source variable(String name) {
        return new Source(Layer.ENVIRONMENT, name + " (environment)");
    }

    static Source argument(String flag, String variable) {
        return new Source(Layer.ENVIRONMENT, flag + " (" + variable + ")");
    }

    static Source line(Path file, int line) {
        return new Source(Layer.FILE, file.getFileName() + " line " + line);
    }

    static Source credential(String name) {
        return new Source(Layer.CREDENTIAL, name + " (systemd credential)");
    }

    @Override
    public String toString() {
        return text;
    }
}
