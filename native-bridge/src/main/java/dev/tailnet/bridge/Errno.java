package dev.tailnet.bridge;

/** The errno values of Linux that the library returns, negated, and what they mean to a caller. */
final class Errno {
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final int EBUSY = 16;
    private static final int EEXIST = 17;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;

    private Errno() {}

    static Code code(int errno) {
        return switch (errno) {
            case EBADF, EAGAIN -> Code.NODE_DOWN;
            case ENOMEM, ENFILE, EMFILE -> Code.RESOURCES;
            default -> Code.INTERNAL;
        };
    }

    /** Words for an errno that came without any. */
    static String describe(int errno) {
        return switch (errno) {
            case EBADF -> "the node is closed";
            case EAGAIN -> "the node has not started yet";
            case ENOMEM -> "out of memory";
            case EBUSY -> "the node has been started already";
            case EEXIST -> "the id is in use";
            case EINVAL -> "invalid argument";
            case ENFILE, EMFILE -> "out of file descriptors";
            default -> "the library does not say why (errno " + errno + ")";
        };
    }
}
