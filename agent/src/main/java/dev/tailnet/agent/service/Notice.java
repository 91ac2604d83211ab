package dev.tailnet.agent.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What can be said in one datagram, see sd_notify(3).
 *
 * @param text lines {@code NAME=value}
 */
public record Notice(String text) {

    /** The service is up, or has reloaded its configuration. */
    public static Notice ready(String status) {
        return new Notice("READY=1\n" + statusLine(status));
    }

    /** For people, in {@code systemctl status}. */
    public static Notice status(String status) {
        return new Notice(statusLine(status));
    }

    /**
     * The configuration is being read again; {@link #ready} ends that.
     *
     * @param nanoTime {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC, as Type=notify-reload wants it
     */
    public static Notice reloading(long nanoTime) {
        return new Notice("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(nanoTime));
    }

    public static Notice stopping(String status) {
        return new Notice("STOPPING=1\n" + statusLine(status));
    }

    /** The watchdog need not bark. */
    public static Notice alive() {
        return new Notice("WATCHDOG=1");
    }

    /** The stop, or the start, goes on: patience for this long from now. */
    public static Notice patience(Duration more) {
        return new Notice("EXTEND_TIMEOUT_USEC=" + TimeUnit.NANOSECONDS.toMicros(more.toNanos()));
    }

    /** A line break would begin another assignment. */
    private static String statusLine(String status) {
        return "STATUS=" + status.replaceAll("\\p{Cntrl}+", " ");
    }
}
