package dev.tailnet.agent.config;

import java.nio.file.Path;

/** Where the audit's lines go. */
public sealed interface AuditTarget {

    /** A file that is appended to, and rotated. */
    record File(Path path) implements AuditTarget {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** This process's stdout. */
    record Stdout() implements AuditTarget {
        @Override
        public String toString() {
            return "stdout";
        }
    }

    /** systemd's journal, by its native socket. */
    record Journald() implements AuditTarget {
        @Override
        public String toString() {
            return "journald";
        }
    }

    /** A unix stream socket that somebody else listens on. */
    record Unix(Path path) implements AuditTarget {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }
}
