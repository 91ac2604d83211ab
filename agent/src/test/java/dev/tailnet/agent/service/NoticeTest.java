package dev.tailnet.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoticeTest {
    @Test
    void aStatusIsOneLineWhateverIsInIt() {
        assertThat(Notice.status("a\nREADY=1\r\tb").text()).isEqualTo("STATUS=a READY=1 b");
    }

    @Test
    void aReloadHasTheTimeOfTheMonotonicClock() {
        assertThat(Notice.reloading(12_345_678).text()).isEqualTo("RELOADING=1\nMONOTONIC_USEC=12345");
    }

    @Test
    void theEndSaysSo() {
        assertThat(Notice.stopping("Stopping").text()).isEqualTo("STOPPING=1\nSTATUS=Stopping");
    }
}
