package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreOptionTest {

  private static final String STORE = "postgresql://bob:secret@db:5433/chat?sslmode=require";

  @Test
  void isOffAtFirst() {
    assertThat(ServerConfig.defaults().sharedStore()).isNull();
  }

  @Test
  void showsNoPassword() {
    ServerConfig config = ServerConfig.of(Map.of("store", STORE));

    assertThat(config.sharedStore()).hasToString("postgresql://bob@db:5433/chat");
    assertThat(config.toString()).doesNotContain("secret");
    assertThatThrownBy(() -> ServerConfig.of(Map.of("store", STORE.replace("/chat", ""))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "ServerConfig: store is \"postgresql://bob:***@db:5433?sslmode=require\", expected"
                + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for @ and %2F"
                + " for / in the password, several HOST:PORT by commas where the database fails"
                + " over, and options of the driver like ?sslmode=verify-full; or off");
  }

  @Test
  void isNoDirectory() {
    ServerConfig config = ServerConfig.of(Map.of("data", STORE));

    assertThatThrownBy(config::dataDirectory)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "data is postgresql://bob:***@db:5433/chat?sslmode=require, expected a directory; the"
                + " address of a database is for store");
  }

  @Test
  void excludesADirectory() {
    ServerConfig both = ServerConfig.of(Map.of("store", STORE, "data", "rooms"));

    assertThatThrownBy(both::sharedStore)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "data is rooms and store is postgresql://bob@db:5433/chat, expected one of them:"
                + " messages are stored in one place");
  }
}
