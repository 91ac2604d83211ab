package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What languages make of sockets and names, blocking and in event loops, under {@code tailnet-agent exec}. */
class ExecLanguagesIT extends UnderExec {
    ExecLanguagesIT(Tailnet tailnet) throws IOException {
        super(tailnet);
    }

    @Test
    void pythonBlockingAndAsyncio() throws IOException {
        var script = exec.file("client.py", """
                import asyncio, socket, urllib.request
                print(urllib.request.urlopen("http://web.tailnet.test:PORT/").read().decode(), end="")
                async def ask(port):
                    reader, writer = await asyncio.open_connection("web.tailnet.test", port)
                    peer = writer.get_extra_info("peername")
                    assert peer == (socket.gethostbyname("web.tailnet.test"), PORT), peer
                    writer.write(b"GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n")
                    print((await reader.read(4096)).decode().split("\\r\\n\\r\\n")[1], end="")
                    writer.close()
                asyncio.run(ask(PORT))
                try:
                    asyncio.run(ask(1))
                except ConnectionRefusedError:
                    print("refused")
                """);
        assertThat(exec.run(exec.installed("python3"), script.toString()).ok()).isEqualTo(Exec.PAGE + Exec.ALL_WELL);
    }

    @Test
    void aSlowDialHoldsUpNobodyElse() throws IOException {
        var script = exec.file("slow.py", """
                import asyncio, socket
                full = socket.create_server(("127.0.0.1", 0), backlog=0)
                fillers = [socket.socket() for _ in range(4)]
                for filler in fillers:
                    filler.setblocking(False)
                    filler.connect_ex(full.getsockname())
                async def main():
                    slow = asyncio.ensure_future(
                        asyncio.open_connection("web.tailnet.test", full.getsockname()[1]))
                    await asyncio.sleep(0)
                    for _ in range(20):
                        _, writer = await asyncio.open_connection("web.tailnet.test", PORT)
                        writer.close()
                    print("20 meanwhile", not slow.done())
                    slow.cancel()
                asyncio.run(main())
                """);
        assertThat(exec.run(exec.installed("python3"), script.toString()).ok()).isEqualTo("20 meanwhile True\n");
    }

    @Test
    void nodeFetch() throws IOException {
        var script = exec.file("client.mjs", """
                import { lookup, resolve4 } from "node:dns/promises"; // getaddrinfo(3), and c-ares
                const [address] = await resolve4("web.tailnet.test");
                if (address !== (await lookup("web.tailnet.test", 4)).address) console.log(address);
                process.stdout.write(await (await fetch("http://web.tailnet.test:PORT/")).text());
                try {
                    await fetch("http://web.tailnet.test:1/");
                } catch (e) {
                    console.log(e.cause.code === "ECONNREFUSED" || /port/.test(e.cause.message) ? "refused" : e.cause);
                }
                """);
        assertThat(exec.run(exec.installed("node"), script.toString()).ok()).isEqualTo(Exec.ALL_WELL);
    }

    @Test
    void javaOldAndNio() throws IOException {
        var source = exec.file("Client.java", """
                import java.net.*;
                import java.net.http.*;
                import java.nio.channels.*;
                class Client {
                    public static void main(String[] arguments) throws Exception {
                        var page = new URI("http://web.tailnet.test:PORT/");
                        System.out.print(new String(page.toURL().openStream().readAllBytes()));
                        var request = HttpRequest.newBuilder(page).build();
                        System.out.print(HttpClient.newHttpClient()
                                .send(request, HttpResponse.BodyHandlers.ofString()).body());
                        var selector = Selector.open();
                        var channel = SocketChannel.open();
                        channel.configureBlocking(false);
                        channel.connect(new InetSocketAddress("web.tailnet.test", 1));
                        channel.register(selector, SelectionKey.OP_CONNECT);
                        selector.select();
                        try {
                            channel.finishConnect();
                        } catch (ConnectException e) {
                            System.out.println("refused");
                        }
                    }
                }
                """);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assertThat(exec.run(java, source.toString()).ok()).isEqualTo(Exec.PAGE + Exec.ALL_WELL);
    }

    @Test
    void aStaticGoProgram() throws IOException {
        var source = exec.file("client.go", """
                package main

                import (
                	"errors"
                	"fmt"
                	"io"
                	"net"
                	"os"
                	"syscall"
                )

                func main() {
                	conn, err := net.Dial("tcp", "web.tailnet.test:PORT")
                	if err != nil {
                		panic(err)
                	}
                	fmt.Fprint(conn, "GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n")
                	answer := make([]byte, 4096)
                	n, _ := conn.Read(answer)
                	if n == 0 {
                		panic(io.EOF)
                	}
                	os.Stdout.Write(answer[n-len("a page of the tailnet\\n") : n])
                	if _, err := net.Dial("tcp", "web.tailnet.test:1"); errors.Is(err, syscall.ECONNREFUSED) {
                		fmt.Println("refused")
                	}
                }
                """);
        var client = exec.home().resolve("go-client");
        Program.named("go", exec.home())
                .with("CGO_ENABLED", "0")
                .with("GOTOOLCHAIN", "local")
                .with("GOCACHE", goCache())
                .run("build", "-o", client.toString(), source.toString())
                .ok();
        assertThat(exec.run(client.toString()).ok()).isEqualTo(Exec.ALL_WELL);
    }

    /** The user's own, which has the standard library compiled. */
    private String goCache() {
        return Program.named("go", Path.of(System.getProperty("user.home")))
                .run("env", "GOCACHE")
                .ok()
                .strip();
    }

    @Test
    void aMuslProgram() throws IOException {
        var compiler = Program.named("musl-gcc", exec.home());
        var source = exec.file("client.c", """
                #include <errno.h>
                #include <netdb.h>
                #include <stdio.h>
                #include <string.h>
                #include <sys/socket.h>
                #include <unistd.h>

                static int dial(const char *port) {
                    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
                    if (getaddrinfo("web.tailnet.test", port, &hints, &found)) return -2;
                    int fd = socket(found->ai_family, SOCK_STREAM, 0);
                    return connect(fd, found->ai_addr, found->ai_addrlen) ? -1 : fd;
                }

                int main(void) {
                    int fd = dial("PORT");
                    char answer[4096];
                    dprintf(fd, "GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n");
                    ssize_t n = read(fd, answer, sizeof answer - 1);
                    answer[n < 0 ? 0 : n] = 0;
                    char *body = strstr(answer, "\\r\\n\\r\\n");
                    fputs(body ? body + 4 : "nothing\\n", stdout);
                    puts(dial("1") == -1 && errno == ECONNREFUSED ? "refused" : "connected");
                }
                """);
        var client = exec.home().resolve("musl-client");
        compiler.run("-static", "-o", client.toString(), source.toString()).ok();
        assertThat(exec.run(client.toString()).ok()).isEqualTo(Exec.ALL_WELL);
    }

    /** Built from crates.io by {@code src/test/rust/build}, outside of the network namespace of the tests. */
    @Test
    void rustsReqwest() {
        var client = Path.of("target", "reqwest-client").toAbsolutePath();
        assumeTrue(Files.isExecutable(client), "cargo, or the crates of reqwest, are missing");
        assertThat(exec.run(client.toString(), exec.url(), "http://" + Tailnet.HOST + ":1/")
                        .ok())
                .isEqualTo(Exec.ALL_WELL);
    }
}
