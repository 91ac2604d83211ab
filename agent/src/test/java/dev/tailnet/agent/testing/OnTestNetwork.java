package dev.tailnet.agent.testing;

import dev.tailnet.testnet.TestNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests that share a network as it is by default, without a peer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class OnTestNetwork {
    protected TestNetwork network;

    @BeforeAll
    void startNetwork() {
        network = TestNetwork.start();
    }

    @AfterAll
    void stopNetwork() {
        network.close();
    }
}
