package dev.tailnet.agent.node;

/**
 * How the node is doing, as people and connections are told.
 *
 * @param reason why it is not up, with the cause and the fix; empty when it is running
 * @param trouble the same for programs
 */
public record NodeState(Kind kind, String reason, Outlook outlook, Trouble trouble) {

    /** One without trouble that programs would know. */
    public NodeState(Kind kind, String reason, Outlook outlook) {
        this(kind, reason, outlook, Trouble.NONE);
    }

    /** The states that {@code status} shows. */
    public enum Kind {
        STARTING,
        NEEDS_LOGIN,
        NEEDS_APPROVAL,
        RUNNING,
        STOPPED,
        FAILED
    }

    /** What is to be expected of a state. */
    public enum Outlook {
        /** Nothing is wrong. */
        FINE,
        /** Something is wrong that may mend itself: the library keeps trying. */
        TRYING,
        /** Stays so until somebody acts. */
        STUCK
    }

    public boolean isRunning() {
        return kind == Kind.RUNNING;
    }

    static NodeState running() {
        return new NodeState(Kind.RUNNING, "", Outlook.FINE);
    }

    static NodeState starting(String what) {
        return new NodeState(Kind.STARTING, what, Outlook.FINE);
    }

    static NodeState trying(Trouble trouble, String reason) {
        return new NodeState(Kind.STARTING, reason, Outlook.TRYING, trouble);
    }

    /** Logged out, and about to log in again by itself. */
    static NodeState rejoining(Trouble trouble, String reason) {
        return new NodeState(Kind.NEEDS_LOGIN, reason, Outlook.TRYING, trouble);
    }

    static NodeState stuck(Kind kind, Trouble trouble, String reason) {
        return new NodeState(kind, reason, Outlook.STUCK, trouble);
    }
}
