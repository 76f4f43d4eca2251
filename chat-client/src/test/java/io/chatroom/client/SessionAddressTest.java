package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionAddressTest {

  @ParameterizedTest
  @CsvSource({
    "localhost,TCP,localhost,3306,'',localhost:3306",
    "[::1]:4000,TCP,::1,4000,'',[::1]:4000",
    "chat://a.example,CHAT,a.example,3306,'',chat://a.example:3306",
    "chats://a.example:1,CHATS,a.example,1,'',chats://a.example:1",
    "CHATS://a.example/,CHATS,a.example,3306,'',chats://a.example:3306",
    "ws://a.example,WS,a.example,80,/ws,ws://a.example:80/ws",
    "ws://[::1]:8080/,WS,::1,8080,/ws,ws://[::1]:8080/ws",
    "wss://my_host/chat/ws,WSS,my_host,443,/chat/ws,wss://my_host:443/chat/ws",
  })
  void readsWhatPeopleWrite(
      String text, SessionAddress.Way way, String host, int port, String path, String shown) {
    SessionAddress address = SessionAddress.parse(text);

    assertThat(address)
        .isEqualTo(new SessionAddress(way, new ServerAddress(host, port), path))
        .hasToString(shown);
    assertThat(SessionAddress.parse(shown)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.example",
        "chat://",
        "chat://a.example/room",
        "ws://a.example/ws?x",
        "ws://a.example/ü",
        "ws://me@a.example",
        "wss://a.example:0",
        "://a",
        "\u001b[2J",
      })
  void refusesTheRest(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionAddress.parse(text))
        .withMessageNotContaining("\u001b");
  }
}
