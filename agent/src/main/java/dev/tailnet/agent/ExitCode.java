package dev.tailnet.agent;

import java.util.Arrays;

/** The exit codes of {@code tailnet-agent}. Scripts rely on the numbers: add, never renumber. */
public enum ExitCode {
    OK(0, "success; for run: stopped after SIGTERM or SIGINT"),
    INTERNAL(1, "unexpected failure; the log has the details"),
    USAGE(2, "wrong flag, environment variable or configuration file"),
    LISTEN(3, "a listener could not be bound (port in use, no permission)"),
    LIBRARY(4, "libtailscale.so or the epoll transport is missing or does not fit"),
    STATE_DIR(5, "the state or runtime directory cannot be used"),
    NODE(6, "the node could not start or is not up, or another agent runs in this runtime directory"),
    NO_AGENT(7, "no agent is running, or it does not answer"),
    NOT_FOUND(8, "resolve: the name has no address"),
    UNANSWERED(9, "resolve: nobody could tell"),
    TUNNEL(10, "nc: there is no tunnel to the target, or it broke"),
    DENIED(11, "this user may not change the node"),
    TIMEOUT(12, "up, login, wait, ping: not within the time given"),
    DENIED_BY_POLICY(13, "policy test: the policy denies the request"),
    AUDIT(14, "the audit log cannot be opened or read"),
    INTERRUPTED(130, "run: ended at once by a second signal; others: by Ctrl-C");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** Returns the constant of a code; {@link #INTERNAL} for an unknown one. */
    public static ExitCode of(int code) {
        return Arrays.stream(values())
                .filter(known -> known.code == code)
                .findFirst()
                .orElse(INTERNAL);
    }

    public int code() {
        return code;
    }

    /** One line for {@code --help}. */
    public String meaning() {
        return meaning;
    }
}
