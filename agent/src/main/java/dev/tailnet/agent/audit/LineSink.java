package dev.tailnet.agent.audit;

import java.io.Closeable;
import java.io.IOException;

/** Takes lines, whole ones only. For one thread, which it may hold up; {@link #close} is for any. */
interface LineSink extends Closeable {

    /** Opens what has to be there: one that cannot be is known at once, and not with the first line. */
    default void open() throws IOException {}

    /**
     * Takes what is left of a batch.
     *
     * @throws IOException if the sink takes no more for now; the batch knows how far it came, and the next call goes on there
     */
    void write(Batch batch) throws IOException;

    /** Called every second or so, also without lines: what depends on the time is done. */
    default void tick() throws IOException {}

    /** Somebody may have moved what is written to: it is opened anew before the next line. */
    default void reopen() {}
}
