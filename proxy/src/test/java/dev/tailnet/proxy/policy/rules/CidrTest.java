package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 10.0.0.1, false",
        "::/0, fe80::1, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1/32, 192.0.2.2, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/64, 2001:db8::ffff:0:0:1, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::1, 2001:db8::1, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true"
    })
    void contains(String cidr, String address, boolean contains) {
        assertThat(Cidr.parse(cidr).contains(InetAddress.ofLiteral(address))).isEqualTo(contains);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/8, write 10.0.0.0/8",
        "2001:db8::1/64, 'write 2001:db8::/64'",
        "10.0.0.0/33, has a prefix longer",
        "10.0.0.0/, has no number",
        "10.0.0.0/a, has no number",
        "10.0.0, is no block",
        "010.0.0.0/8, is no block",
        "0x0a000000/8, is no block",
        "167772160/8, is no block",
        "example.com/8, is no block",
        "fe80::1%eth0, is no block",
        "256.0.0.0/8, is no block",
        "'', is no block"
    })
    void saysWhatIsWrong(String cidr, String why) {
        assertThatThrownBy(() -> Cidr.parse(cidr))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
