package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerAddressTest {

  @ParameterizedTest
  @CsvSource({
    "localhost,localhost,3306,localhost:3306",
    "chat.example:1,chat.example,1,chat.example:1",
    "chat.example:65535,chat.example,65535,chat.example:65535",
    "34.75.51.43:03306,34.75.51.43,3306,34.75.51.43:3306",
    "my_host-2,my_host-2,3306,my_host-2:3306",
    "bücher.example,bücher.example,3306,bücher.example:3306",
    "[::1],::1,3306,[::1]:3306",
    "[::1]:4000,::1,4000,[::1]:4000",
    "[::ffff:10.0.0.1]:4000,::ffff:10.0.0.1,4000,[::ffff:10.0.0.1]:4000",
    "[fe80::1%eth0],fe80::1%eth0,3306,[fe80::1%eth0]:3306",
  })
  void readsWhatPeopleWrite(String text, String host, int port, String shown) {
    ServerAddress address = ServerAddress.parse(text);

    assertThat(address).isEqualTo(new ServerAddress(host, port)).hasToString(shown);
    assertThat(ServerAddress.parse(shown)).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|HOST or HOST:PORT",
        "' '|HOST or HOST:PORT",
        ":3306|HOST or HOST:PORT",
        "a b|HOST or HOST:PORT",
        "http://localhost|HOST or HOST:PORT with a port from 1 to 65535",
        "http://localhost:3306|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost/room|HOST or HOST:PORT",
        "me@localhost|HOST or HOST:PORT",
        "[localhost]|HOST or HOST:PORT",
        "[::1|an IPv6 address in brackets, as in [::1] or [::1]:3306",
        "::1]|an IPv6 address in brackets, as in [::1] or [::1]:3306",
        "::1|an IPv6 address in brackets, as in [::1] or [::1]:3306",
        "fe80::1:3306|an IPv6 address in brackets, as in [::1] or [::1]:3306",
        "localhost:4711:extra|HOST or HOST:PORT with one colon, as in localhost:3306",
        "10.0.0.1:80:90|HOST or HOST:PORT with one colon, as in localhost:3306",
        "2001:db8:0:0:0:0:0:1:3306|an IPv6 address in brackets, as in [::1] or [::1]:3306",
        "[fe80::1%]:3306|the name of a network interface behind the %, as in [fe80::1%eth0]",
        "[fe80::1%]|the name of a network interface behind the %, as in [fe80::1%eth0]",
        "[::1]3306|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:http|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:-1|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:+1|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:123456|HOST or HOST:PORT with a port from 1 to 65535",
        "localhost:0|a port from 1 to 65535",
        "localhost:65536|a port from 1 to 65535",
      })
  void refusesTheRestAndSaysWhatItExpected(String text, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse(text))
        .withMessage("\"%s\" is not a server address, expected %s", text, expected);
  }

  @Test
  void showsAHostileValueWithoutObeyingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerAddress.parse("\u001b[2J"))
        .withMessageContaining("\"\\x1b[2J\"");
  }

  @Test
  void refusesInvalidParts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServerAddress("localhost", 0))
        .withMessage("port 0 does not exist, expected 1 to 65535");
    assertThatIllegalArgumentException().isThrownBy(() -> new ServerAddress(" ", 1));
  }
}
