package dev.tailnet.agent.check;

import java.io.IOException;

/** Ends what was opened for the test. */
final class Channels {
    private Channels() {}

    static void close(TunnelAnswer tunnel) {
        if (tunnel instanceof TunnelAnswer.Open open) {
            try {
                open.channel().close();
            } catch (IOException e) {
                // Nothing was sent that could be lost.
            }
        }
    }
}
