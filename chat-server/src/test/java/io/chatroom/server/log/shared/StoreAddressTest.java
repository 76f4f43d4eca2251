package io.chatroom.server.log.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  void canBeOff() {
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
  void rejectsMalformedAddresses(String text) {
    assertThat(StoreAddress.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://bob:s3@cr3t@h/d, postgresql://bob:***@h/d",
    "'postgresql://bob:s3@cr3t@h:1,[::1]:7/d', 'postgresql://bob:***@h:1,[::1]:7/d'",
    "postgresql://b@b:s3cr3t@h/d, postgresql://***@h/d",
    "postgresql://bob:s3/cr3t@h/d, postgresql://bob:***@h/d",
    "postgresql://bob:33/cr3t@h, postgresql://bob:***@h",
    "postgresql://bob:s3?cr3t@h/d, postgresql://bob:***?***",
    "postgresql://bob:33?cr3t=s3@h/d, postgresql://bob:***?***",
    "postgresql://bob:s3//cr3t@h/d, postgresql://bob:***@h/d",
    "postgresql://bob:s3#cr3t@h/d, postgresql://bob:***@h/d",
    "postgresql://bob:s3cr3t%40h/d, postgresql://bob:***",
    "postgresql://bob:s3cr3t, postgresql://bob:***",
    "postgresql://bob/s3cr3t@h/d, postgresql://***@h/d",
    "postgresql://bob:33cr3t/d, postgresql://bob:***",
    "postgresql:bob:s3cr3t@h/d, ***@h/d",
    "postgresql:/bob:s3cr3t@h/d, ***@h/d",
    "postgres:s3//cr3t@h/d, ***@h/d",
    "postgresq://bob:s3cr3t@h/d, postgresq://bob:***@h/d",
    "jdbc:postgresql://bob:s3cr3t@h/d, jdbc:postgresql://bob:***@h/d",
    "bob:s3cr3t@h/d, ***@h/d",
    "bob:s3cr3t, bob:***",
    "host=h user=bob password=s3cr3t, host=***",
    "postgresql://h/d?Password=s3cr3t, postgresql://h/d?Password=***",
    "postgresql://h/d?password=s3&cr3t=1&x, postgresql://h/d?password=***",
    "postgresql://h/d?ssl=true&pasword=s3cr3t, postgresql://h/d?ssl=true&pasword=***",
    "postgresql://h/d?pasword=s3@cr3t, postgresql://***?***",
    "postgresql://h/d?sslpassword=s3cr3t&x, postgresql://h/d?sslpassword=***",
    "postgresql://h/d?s3cr3t, postgresql://h/d?***",
    "postgresql://h/d/e, postgresql://h/d/e",
    "mysql://h/d, mysql://h/d",
    "data, data",
  })
  void showsNoPassword(String written, String shown) {
    assertThat(StoreAddress.masked(written)).isEqualTo(shown).doesNotContain("s3", "cr3t");
    assertThat(StoreAddress.parse(written)).as("is malformed").isNull();
  }
}
