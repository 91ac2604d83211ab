package dev.tailnet.proxy.dial.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                | anything.test:443      | true
            *                | [2001:db8::1]:443      | true
            example.com      | example.com:443        | true
            example.com      | www.example.com:443    | true
            EXAMPLE.com.     | www.example.com:443    | true
            example.com      | notexample.com:443     | false
            .example.com     | example.com:443        | false
            .example.com     | www.example.com:443    | true
            *.example.com    | a.b.example.com:443    | true
            *.example.com    | example.com:443        | false
            example.com:443  | example.com:443        | true
            example.com:443  | example.com:80         | false
            .example.com:443 | www.example.com:443    | true
            .example.com:443 | www.example.com:80     | false
            192.0.2.1        | 192.0.2.1:80           | true
            192.0.2.1        | 192.0.2.2:80           | false
            192.0.2.1:80     | 192.0.2.1:443          | false
            10.0.0.0/8       | 10.255.1.2:80          | true
            10.0.0.0/8       | 11.0.0.1:80            | false
            172.16.0.0/12    | 172.31.255.255:80      | true
            172.16.0.0/12    | 172.32.0.0:80          | false
            0.0.0.0/0        | 8.8.8.8:53             | true
            0.0.0.0/0        | [2001:db8::1]:53       | false
            2001:db8::/32    | [2001:db8:ff::1]:80    | true
            2001:db8::/32    | [2001:db9::1]:80       | false
            2001:db8::1      | [2001:db8::1]:80       | true
            [2001:db8::1]:80 | [2001:db8::1]:80       | true
            [2001:db8::1]:80 | [2001:db8::1]:81       | false
            10.0.0.0/8       | ten.test:80            | false
            """)
    void exemptsAsGoDoes(String item, String target, boolean exempt) throws Exception {
        assertThat(NoProxy.of(List.of(item)).exempts(Target.parse(target))).isEqualTo(exempt);
    }

    @Test
    void anyItemIsEnough() throws Exception {
        var noProxy = NoProxy.of(Arrays.asList("example.com", "10.0.0.0/8"));
        assertThat(noProxy.exempts(Target.parse("example.com:1"))).isTrue();
        assertThat(noProxy.exempts(InetAddress.ofLiteral("10.1.1.1"), 1)).isTrue();
        assertThat(NoProxy.of(List.of()).exempts(Target.parse("example.com:1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<local>",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "example.com/8",
                "example.com:0",
                "example.com:99999",
                "a b",
                "http://example.com"
            })
    void anythingElseIsRefused(String item) {
        assertThatThrownBy(() -> NoProxy.of(List.of(item)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + item + "' is neither");
    }
}
