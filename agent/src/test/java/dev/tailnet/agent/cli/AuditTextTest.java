package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuditTextTest {
    private static String print(String line) throws ControlException {
        return AuditText.print(Json.parse(line));
    }

    @Test
    void aDecisionSaysWhoAskedForWhat() throws ControlException {
        assertThat(print("""
                {"time":"T","event":"decision","decision":"allow","protocol":"socks5","client":"127.0.0.1:4","role":"ci",
                "host":"db","port":5432,"route":"tailnet","address":"100.64.0.7","reason":null,"message":null,
                "process":{"pid":12,"uid":1000,"command":"curl"}}"""))
                .isEqualTo("T  allow  socks5 db:5432  tailnet 100.64.0.7  by ci at curl[12] uid 1000 127.0.0.1:4");
        assertThat(print("""
                {"time":"T","event":"decision","decision":"deny","protocol":"http","client":"local","role":null,
                "host":"fd00::1","port":80,"route":null,"address":null,"rule":"r","reason":"not_allowed",
                "message":"no","process":null}""")).isEqualTo("T  deny   http [fd00::1]:80  rule r  not_allowed: no  by local");
    }

    @Test
    void aCloseSaysWhatThereWas() throws ControlException {
        assertThat(print("""
                {"time":"T","event":"close","protocol":"cli","host":"db","port":1,"reason":"reset","bytesUp":10,
                "bytesDown":20,"durationMs":1500.25,"message":"broken"}""")).isEqualTo("T  close  cli db:1  reset, 10 bytes up, 20 down, 1.500 s: broken");
    }

    @Test
    void nothingInALineMovesTheCursor() throws ControlException {
        assertThat(print("""
                {"time":"T","event":"decision","decision":"deny","message":"a\\u001b[2J\\u009b\\u202eb"}""")).contains("a?[2J??b");
    }

    @Test
    void gapsAndTheAgentsLifeAreShown() throws ControlException {
        assertThat(print("{\"time\":\"T\",\"event\":\"lost\",\"count\":3}"))
                .isEqualTo("T  lost   3 lines are missing here");
        assertThat(print("{\"time\":\"T\",\"event\":\"start\"}")).isEqualTo("T  start  the agent begins");
    }
}
