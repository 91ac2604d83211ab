package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardSettingsTest {
    @TempDir
    private Path directory;

    private static List<String> problems(String... forwards) {
        return Load.with().flag(Setting.FORWARD, forwards).problems();
    }

    @Test
    void aPortAloneIsOfLoopback() {
        assertThat(Load.with()
                        .flag(Setting.FORWARD, "5432=db.internal:5433")
                        .settings()
                        .forwards())
                .containsExactly(new ForwardSpec(
                        ForwardSpec.Protocol.TCP,
                        new InetSocketAddress("127.0.0.1", 5432),
                        new Target(new Host.Name("db.internal"), 5433)));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            tcp:5432=db:5432,            tcp:127.0.0.1:5432=db:5432
            udp:localhost:53=dns:53,     udp:127.0.0.1:53=dns:53
            0=DB.Internal.:1,            tcp:127.0.0.1:0=db.internal:1
            [::1]:0=[fd7a::1]:80,        tcp:[::1]:0=[fd7a::1]:80
            127.0.0.2:80=100.64.0.1:80,  tcp:127.0.0.2:80=100.64.0.1:80
            """)
    void readsEveryForm(String text, String canonical) {
        var spec = ForwardSettings.parse(text);
        assertThat(spec).hasToString(canonical);
        assertThat(ForwardSettings.parse(canonical)).isEqualTo(spec);
    }

    @Test
    void severalAddUp() {
        assertThat(Load.with()
                        .flag(Setting.FORWARD, "1=a:1,2=b:2", "3=c:3")
                        .settings()
                        .forwards())
                .hasSize(3);
        assertThat(Load.with()
                        .file(directory, "forwards:\n- 1=a:1\n- udp:1=b:2\n")
                        .settings()
                        .forwards())
                .extracting(ForwardSpec::toString)
                .containsExactly("tcp:127.0.0.1:1=a:1", "udp:127.0.0.1:1=b:2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '"', textBlock = """
            5432           ~ '5432' is not a forward: write [tcp:|udp:][ADDR:]PORT=HOST:PORT, as in 5432=db.internal:5432
            db=db:5432     ~ forward 'db=db:5432': 'db' has no port: write HOST:PORT or PORT
            5432=db        ~ forward '5432=db': 'db' is not of the form host:port
            5432=db:0      ~ forward '5432=db:0': port 0 is not in 1..65535
            5432=d b:1     ~ forward '5432=d b:1': the host 'd b' has a character that no host name has
            sctp:1=db:1    ~ forward 'sctp:1=db:1': 'sctp:1': the host must be an IP address or localhost, as in 127.0.0.1:1055
            """)
    void saysWhatIsWrong(String text, String problem) {
        assertThat(problems(text)).containsExactly("--forward (flag): " + problem);
    }

    @Test
    void eachNeedsAnAddressOfItsOwn() {
        assertThat(problems("5432=a:1", "0.0.0.0:5432=b:1"))
                .containsExactly("--forward (flag): forward to b:1: 0.0.0.0:5432 is taken by tcp:127.0.0.1:5432=a:1");
        assertThat(problems("1055=a:1"))
                .containsExactly(
                        "--forward (flag): forward to a:1: 127.0.0.1:1055 is taken by the listener on 127.0.0.1:1055");
        assertThat(Load.with()
                        .flag(Setting.DNS_LISTEN, "1053")
                        .flag(Setting.FORWARD, "1053=a:1,udp:1053=a:1")
                        .problems())
                .hasSize(2);
        assertThat(problems("udp:1055=a:1", "0=a:1", "0=b:1", "0=b:1")).isEmpty();
    }

    @Test
    void warnsThatAForwardIsOpenToTheNetwork() {
        assertThat(Load.with().flag(Setting.FORWARD, "0.0.0.0:5432=db:1").load().warnings())
                .containsExactly("--forward (flag): 0.0.0.0:5432 is open to the network: everybody who can reach it"
                        + " gets to db:1");
    }
}
