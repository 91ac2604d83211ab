package dev.tailnet.agent.clients;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of programs under {@code tailnet-agent exec}, all beside one {@link Exec}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
@Timeout(120)
abstract class UnderExec {
    final Tailnet tailnet;
    final Exec exec;

    UnderExec(Tailnet tailnet) throws IOException {
        this.tailnet = tailnet;
        this.exec = new Exec(tailnet);
    }

    @AfterAll
    void stop() {
        exec.close();
    }
}
