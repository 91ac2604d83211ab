package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.LocalClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientProcessesTest {
    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final InetSocketAddress LISTENER = new InetSocketAddress("127.0.0.1", 1055);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 0xD431);

    @TempDir
    private Path proc;

    private final AtomicLong nanos = new AtomicLong();

    private ClientProcesses processes() {
        return new ClientProcesses(proc, 1, () -> List.of(LISTENER), nanos::get);
    }

    private void table(String name, String... rows) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net").resolve(name), HEADER + String.join("\n", rows) + "\n");
    }

    private static String row(String local, String remote, int uid, long inode) {
        return "   3: " + local + " " + remote + " 01 00000000:00000000 00:00000000 00000000  " + uid + "        0 "
                + inode + " 1 0000000000000000 20 4 30 10 -1";
    }

    private void process(long pid, String command, String... links) throws IOException {
        Path descriptors =
                Files.createDirectories(proc.resolve(String.valueOf(pid)).resolve("fd"));
        Files.writeString(descriptors.resolveSibling("comm"), command + "\n");
        for (int i = 0; i < links.length; i++) {
            Files.createSymbolicLink(descriptors.resolve(String.valueOf(i)), Path.of(links[i]));
        }
    }

    @Test
    void theOtherEndOfTheConnectionSaysWhoItIs() throws IOException {
        table(
                "tcp",
                row("0100007F:041F", "00000000:0000", 0, 500),
                row("0100007F:D431", "0100007F:9999", 5, 600),
                row("0100007F:D431", "0100007F:041F", 1000, 777),
                row("0100007F:041F", "0100007F:D431", 0, 501));
        process(12, "sh", "/dev/null");
        process(34, "curl", "/dev/null", "pipe:[777]", "socket:[776]", "socket:[777]");
        assertThat(processes().of(Set.of(CLIENT))).containsOnly(entry(CLIENT, new ClientProcess(1000, 34, "curl")));
    }

    private static java.util.Map.Entry<SocketAddress, ClientProcess> entry(SocketAddress key, ClientProcess value) {
        return java.util.Map.entry(key, value);
    }

    @Test
    void anIpv4ClientMayHaveASocketOfIpv6() throws IOException {
        table("tcp");
        table("tcp6", row("0000000000000000FFFF00000100007F:D431", "0000000000000000FFFF00000100007F:041F", 7, 8));
        process(9, "java", "socket:[8]");
        assertThat(processes().of(Set.of(CLIENT))).containsOnly(entry(CLIENT, new ClientProcess(7, 9, "java")));
    }

    @Test
    void aProcessThatMayNotBeLookedAtLeavesItsUser() throws IOException {
        table("tcp", row("0100007F:D431", "0100007F:041F", 1000, 777));
        assertThat(processes().of(Set.of(CLIENT))).containsOnly(entry(CLIENT, new ClientProcess(1000, null, null)));
    }

    @Test
    void whoIsNotOfThisMachineIsNotLookedFor() throws IOException {
        table("tcp", row("0A00000A:D431", "0100007F:041F", 1000, 777));
        assertThat(processes().of(Set.of(new InetSocketAddress("10.0.0.10", 0xD431))))
                .isEmpty();
        assertThat(processes().of(Set.of(new InetSocketAddress("127.0.0.1", 1))))
                .isEmpty();
    }

    @Test
    void theSystemVouchesForAClientOnAUnixSocket() throws IOException {
        process(34, "tailnet-agent");
        var known = new LocalClient(34, 1000);
        var unknown = new LocalClient(0, 1000);
        var found = processes().of(List.of(known, unknown));
        assertThat(found)
                .containsOnly(
                        entry(known, new ClientProcess(1000, 34, "tailnet-agent")),
                        entry(unknown, new ClientProcess(1000, null, null)));
    }

    @Test
    void aClientIsBelievedToAskForWhatItHasStarted() throws IOException {
        child(34, "tailnet-exec", 1);
        child(45, "bash", 34);
        child(56, "a name) of (more) words", 45);
        child(78, "sshd", 1);
        var known = new LocalClient(34, 1000, 56);
        var other = new LocalClient(34, 1000, 78);
        var ended = new LocalClient(34, 1000, 99);
        var supervisor = new ClientProcess(1000, 34, "tailnet-exec");
        assertThat(processes().of(List.of(known, other, ended)))
                .containsOnly(
                        entry(known, new ClientProcess(1000, 56, "a name) of (more) words")),
                        entry(other, supervisor),
                        entry(ended, supervisor));
    }

    private void child(int pid, String command, int parent) throws IOException {
        process(pid, command);
        Files.writeString(
                proc.resolve(String.valueOf(pid)).resolve("stat"), pid + " (" + command + ") S " + parent + " 1 1 0\n");
    }

    @Test
    void noMoreThanATenthOfTheTimeIsSpent() throws IOException {
        table("tcp", row("0100007F:D431", "0100007F:041F", 1000, 777));
        var step = new AtomicLong(60_000_000);
        var processes = new ClientProcesses(proc, 1, () -> List.of(LISTENER), () -> nanos.getAndAdd(step.get()));
        List<Boolean> answered = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answered.add(!processes.of(Set.of(CLIENT)).isEmpty());
        }
        assertThat(answered).startsWith(true).contains(false);
        step.set(0);
        nanos.addAndGet(10_000_000_000L);
        assertThat(processes.of(Set.of(CLIENT))).isNotEmpty();
    }

    @Test
    void thisProcessIsFoundByItsRealConnection() throws IOException {
        long own = ProcessHandle.current().pid();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            var address = (InetSocketAddress) client.getLocalSocketAddress();
            var found = new ClientProcesses(
                            Path.of("/proc"),
                            0,
                            () -> List.of((InetSocketAddress) server.getLocalSocketAddress()),
                            () -> 0)
                    .of(Set.of(address));
            assertThat(found).containsOnlyKeys(address);
            assertThat(found.get(address)).satisfies(process -> {
                assertThat(process.pid()).isEqualTo((int) own);
                assertThat(process.command()).isNotBlank();
                assertThat(process.uid()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            });
        }
    }
}
