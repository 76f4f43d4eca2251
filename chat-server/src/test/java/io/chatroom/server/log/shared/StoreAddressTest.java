package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {

  @Test
  void readsAUrl() {
    StoreAddress address =
        Objects.requireNonNull(
            StoreAddress.parse(
                "postgresql://b%40b:p%2Fw+1@h1:5433,h2,[::1]:7/cha%20t?sslmode=require"));

    assertThat(address.isOff()).isFalse();
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://h1:5433,h2,[::1]:7/cha%20t");
    Properties expected = new Properties();
    expected.setProperty("user", "b@b");
    expected.setProperty("password", "p/w+1");
    expected.setProperty("sslmode", "require");
    assertThat(address.properties()).isEqualTo(expected);
    assertThat(address).hasToString("postgresql://b@b@h1:5433,h2,[::1]:7/cha t");
  }

  @Test
  void takesUserAndPasswordAsOptions() {
    StoreAddress address =
        Objects.requireNonNull(StoreAddress.parse("postgres://db/chat?user=bob&password=secret"));

    assertThat(address).hasToString("postgresql://bob@db/chat");
    assertThat(address.properties()).containsEntry("password", "secret");
  }

  @Test
  void mayBeOff() {
    assertThat(StoreAddress.parse("OFF")).isNotNull().matches(StoreAddress::isOff);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data",
        "mysql://h/d",
        "postgresql://h",
        "postgresql://h/",
        "postgresql:///d",
        "postgresql://h:x/d",
        "postgresql://h,/d",
        "postgresql://h/d/e",
        "postgresql://u:%zz@h/d",
        "postgresql://h/d?sslmod=require",
        "postgresql://h/d?sslmode",
        "postgresql://h/d?=x",
      })
  void refusesWhatIsNone(String text) {
    assertThat(StoreAddress.parse(text)).isNull();
  }

  @Test
  void showsNoPassword() {
    assertThat(StoreAddress.masked("postgresql://bob:secret@h/d?x&password=secret&y"))
        .isEqualTo("postgresql://bob:***@h/d?x&password=***&y");
    assertThat(StoreAddress.masked("postgresql://bob:sec@ret@h/d?Password=secret"))
        .isEqualTo("postgresql://bob:***@h/d?Password=***");
    assertThat(StoreAddress.masked("postgresql:bob:sec@ret@h/d")).isEqualTo("***@h/d");
    assertThat(StoreAddress.masked("bob:secret@h/d")).isEqualTo("***@h/d");
  }
}
