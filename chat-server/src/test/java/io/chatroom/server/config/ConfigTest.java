package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.config.ConfigOption.Setting;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.logging.LogFormat;
import io.chatroom.server.logging.LogLevel;
import io.chatroom.server.names.SeedMembers;
import io.chatroom.server.seed.SlowMember;
import io.chatroom.server.transport.Transport;
import io.chatroom.server.web.Origins;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigTest {

  @TempDir Path dir;

  @Test
  void hasTheDocumentedDefaults() {
    assertThat(ServerConfig.defaults())
        .isEqualTo(
            new ServerConfig(
                "0.0.0.0",
                3306,
                128,
                65_536,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                1024 * 1024,
                SlowMember.DROP,
                Duration.ofMillis(500),
                RoomName.of("lobby"),
                1_000,
                0,
                "off",
                StoreAddress.OFF,
                0,
                0,
                0,
                0,
                0,
                365,
                50,
                500,
                0,
                100,
                10_000,
                1_000,
                30,
                0,
                0,
                0,
                Duration.ofMinutes(3),
                "off",
                "off",
                "off",
                false,
                true,
                new Origins(Set.of()),
                "off",
                SeedMembers.AUTO,
                true,
                "off",
                false,
                Transport.Choice.AUTO,
                0,
                new AdminAddress(AdminAddress.Choice.AUTO, "127.0.0.1", 9306),
                5,
                false,
                LogFormat.TEXT,
                LogLevel.INFO,
                false));
  }

  @ParameterizedTest
  @CsvSource({
    "port,--port,CHAT_PORT",
    "maxMessageBytes,--max-message-bytes,CHAT_MAX_MESSAGE_BYTES",
    "registrationTimeout,--registration-timeout,CHAT_REGISTRATION_TIMEOUT"
  })
  void derivesAllNamesOfAnOption(String name, String flag, String variable) {
    ConfigOption option = ConfigOption.named(name).orElseThrow();

    assertThat(option.flag()).isEqualTo(flag);
    assertThat(option.variable()).isEqualTo(variable);
  }

  @Test
  void readsEveryOptionFromAFile() throws IOException {
    ServerConfig config =
        ConfigOption.configOf(
            ConfigSources.file(
                file(
                    """
                    {
                      "host": "::1", "port": 0, "maxNameBytes": 64, "maxMessageBytes": 1024,
                      "registrationTimeout": "500ms", "memberBacklogBytes": 65536,
                      "slowMember": "disconnect", "slowMemberPatience": "1s", "frameTimeout": "20s",
                      "seedRoom": "hall", "historyMessages": 3, "historyBytes": 4,
                      "data": "rooms", "store": "off", "keepMessages": 21, "keepMegabytes": 22, "keepDays": 23,
                      "keepAllMessages": 24, "keepAllMegabytes": 25, "nameKeepDays": 26,
                      "messagesPerSecond": 5, "messageBurst": 6, "maxConnections": 7,
                      "maxRooms": 10, "maxAllRooms": 14, "pingSeconds": 11, "guestMessagesPerSecond": 12,
                      "newRoomsPerHour": 13, "accessKeyFile": "keys", "seedMembers": "nobody",
                      "guestNames": false, "hookFile": "hooks", "hookPrivateAddresses": true,
                      "maxConnectionsPerAddress": 8, "maxWaitingBytes": 9, "vanishedAfter": "130s",
                      "tlsCert": "a.pem", "tlsKey": "b.pem", "tlsSelfSigned": "dir", "tlsOnly": true,
                      "transport": "io_uring", "eventLoops": 3, "transcript": true,
                      "admin": "[::1]:0", "drainSeconds": 60, "proxyProtocol": true,
                      "logFormat": "json", "logLevel": "debug", "page": false,
                      "allowedOrigins": "https://a.example,http://b.example:81"
                    }
                    """)));

    assertThat(config)
        .isEqualTo(
            new ServerConfig(
                "::1",
                0,
                64,
                1024,
                Duration.ofMillis(500),
                Duration.ofSeconds(20),
                65_536,
                SlowMember.DISCONNECT,
                Duration.ofSeconds(1),
                RoomName.of("hall"),
                3,
                4,
                "rooms",
                StoreAddress.OFF,
                21,
                22,
                23,
                24,
                25,
                26,
                5,
                6,
                12,
                10,
                14,
                13,
                11,
                7,
                8,
                9,
                Duration.ofSeconds(130),
                "a.pem",
                "b.pem",
                "dir",
                true,
                false,
                new Origins(Set.of("https://a.example", "http://b.example:81")),
                "keys",
                SeedMembers.NOBODY,
                false,
                "hooks",
                true,
                Transport.Choice.IO_URING,
                3,
                new AdminAddress(AdminAddress.Choice.GIVEN, "::1", 0),
                60,
                true,
                LogFormat.JSON,
                LogLevel.DEBUG,
                true));
  }

  @Test
  void acceptsValuesFromAProgram() {
    assertThat(ServerConfig.of(Map.of("port", "0", "maxNameBytes", "65")).maxNameBytes())
        .isEqualTo(65);
    assertThatThrownBy(() -> ServerConfig.of(Map.of("prt", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ServerConfig: \"prt\" is not an option, did you mean \"port\"?");
    assertThatThrownBy(() -> ServerConfig.of(Map.of("port", "x")))
        .hasMessage("ServerConfig: port is \"x\", expected a whole number from 0 to 65535");
  }

  @ParameterizedTest
  @CsvSource({"[::1]:9306,::1,9306", "[fe80::1%eth0]:1,fe80::1%eth0,1", "a-b.c:65535,a-b.c,65535"})
  void readsAnAdminAddress(String text, String host, int port) {
    assertThat(ServerConfig.of(Map.of("admin", text)).admin())
        .isEqualTo(new AdminAddress(AdminAddress.Choice.GIVEN, host, port));
  }

  @Test
  void letsLaterSourcesWin() throws IOException {
    List<Setting> settings =
        new ArrayList<>(
            ConfigSources.file(file("{\"port\": 1, \"maxNameBytes\": 71, \"host\": \"a\"}")));
    settings.addAll(
        ConfigSources.environment(
            Map.of("CHAT_PORT", "2", "CHAT_MAX_NAME_BYTES", "72", "CHAT_HOST", " \r")));
    settings.add(new Setting(ConfigOption.named("port").orElseThrow(), "3", "--port"));

    ServerConfig config = ConfigOption.configOf(settings);

    assertThat(config.port()).isEqualTo(3);
    assertThat(config.maxNameBytes()).isEqualTo(72);
    assertThat(config.host()).as("a blank variable is not set").isEqualTo("a");
  }

  /** Each with the expected sentence; FILE stands for the file's path. */
  static List<List<String>> wrongFiles() {
    return List.of(
        List.of(
            "{\n \"port\": 0,\n \"maxMesageBytes\": 5\n}",
            "FILE:3:2: \"maxMesageBytes\" is not an option, did you mean \"maxMessageBytes\"?"),
        List.of(
            "{\"zzzzzzzzzz\": 1}",
            "FILE:1:2: \"zzzzzzzzzz\" is not an option, expected one of "
                + Arrays.stream(ServerConfig.class.getRecordComponents())
                    .map(RecordComponent::getName)
                    .collect(Collectors.joining(", "))),
        List.of(
            "{\n \"port\": 70000\n}",
            "FILE:2:10: port is \"70000\", expected a whole number from 0 to 65535"),
        List.of(
            "{\n \"port\": [1]\n}",
            "FILE:2:10: port is a list, expected a whole number from 0 to 65535"),
        List.of("{\"transcript\": null}", "FILE:1:16: transcript is null, expected true or false"),
        List.of(
            "{\"transport\": \"epol\"}",
            "FILE:1:15: transport is \"epol\", expected one of auto, epoll, io_uring, nio"),
        List.of(
            "{\"registrationTimeout\": 10}",
            "FILE:1:25: registrationTimeout is \"10\", expected a time like 500ms, 10s, 2m or 1h,"
                + " more than nothing and at most a day"),
        List.of("{\"port\": 1, \"port\": 2}", "FILE:1:13: port is set twice, expected once"),
        List.of("[]", "FILE:1:1: expected an object like {\"port\": 3306}, found a list"),
        List.of("", "FILE:1:1: expected an object like {\"port\": 3306}, found nothing"),
        List.of("{} {}", "FILE:1:4: expected nothing after the object, found an object"));
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void refusesAWrongFileInOneSentence(List<String> fileAndSentence) throws IOException {
    Path file = file(fileAndSentence.get(0));

    assertThatThrownBy(() -> ConfigOption.configOf(ConfigSources.file(file)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(fileAndSentence.get(1).replace("FILE", file.toString()));
  }

  @ParameterizedTest
  @CsvSource({
    "'{\n \"port\": 0,,\n}',2:12: this is not JSON",
    "'{\"port\":',1:9: the file ends too early",
    "'{\"port\": 1} x',1:13: this is not JSON",
    "'nonsense',1:1: this is not JSON"
  })
  void saysWhereAFileIsNotJson(String json, String sentence) throws IOException {
    Path file = file(json);

    assertThatThrownBy(() -> ConfigSources.file(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ":" + sentence + ", expected an object like {\"port\": 3306}");
  }

  @Test
  void saysThatSomethingInAFileIsTooLong() throws IOException {
    Path file = file("{\"port\": " + "1".repeat(2000) + "}");

    assertThatThrownBy(() -> ConfigSources.file(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            file + ": something in it is too long, expected an object like {\"port\": 3306}");
  }

  @Test
  void saysWhenThereIsNoFile() {
    Path missing = dir.resolve("missing.json");

    assertThatThrownBy(() -> ConfigSources.file(missing))
        .hasMessage("--config " + missing + ": there is no such file");
    assertThatThrownBy(() -> ConfigSources.file(dir))
        .hasMessageStartingWith("--config " + dir + " cannot be read: ");
  }

  @ParameterizedTest
  @CsvSource({
    "CHAT_PORT,tcp://10.0.0.1:3306,a whole number from 0 to 65535",
    "CHAT_PORT,+5,a whole number from 0 to 65535",
    "CHAT_PORT,\u0663\u0663,a whole number from 0 to 65535",
    "CHAT_PORT,99999999999,a whole number from 0 to 65535",
    "CHAT_PORT,-1,a whole number from 0 to 65535",
    "CHAT_TRANSCRIPT,yes,true or false",
    "CHAT_ADMIN,9306,'HOST:PORT like 127.0.0.1:9306, auto or off'",
    "CHAT_ADMIN,::1:9306,'HOST:PORT like 127.0.0.1:9306, auto or off'",
    "CHAT_ADMIN,localhost:65536,'HOST:PORT like 127.0.0.1:9306, auto or off'",
    "CHAT_DRAIN_SECONDS,0,a whole number from 1 to 3600",
    "CHAT_SEED_ROOM,the hall,'1 to 64 bytes of letters, digits, \".\", \"_\" or \"-\"'",
    "CHAT_SEED_ROOM,@bob,'1 to 64 bytes of letters, digits, \".\", \"_\" or \"-\"'",
    "CHAT_LOG_LEVEL,all,'one of error, warn, info, debug, trace'",
    "CHAT_REGISTRATION_TIMEOUT,0s,'a time like 500ms, 10s, 2m or 1h, more than nothing and at most"
        + " a day'",
    "CHAT_VANISHED_AFTER,129s,'a time like 500ms, 10s, 2m or 1h, at least 130s and at most a day'",
    "CHAT_REGISTRATION_TIMEOUT,25h,'a time like 500ms, 10s, 2m or 1h, more than nothing and at most"
        + " a day'",
  })
  void refusesAWrongVariableAndNamesIt(String variable, String value, String expected) {
    assertThatThrownBy(
            () -> ConfigOption.configOf(ConfigSources.environment(Map.of(variable, value))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(variable + " is \"" + value + "\", expected " + expected);
  }

  @Test
  void showsControlCharactersOfAWrongValue() {
    assertThatThrownBy(
            () ->
                ConfigOption.configOf(ConfigSources.environment(Map.of("CHAT_PORT", "\u001b[2J"))))
        .hasMessageStartingWith("CHAT_PORT is \"\\x1b[2J\"");
  }

  /** Client and server can share one environment. */
  @Test
  void ignoresVariablesOfTheClient() {
    assertThat(
            ConfigSources.suspects(
                Map.of(
                    "CHAT_SERVER",
                    "x",
                    "CHAT_NAME",
                    "x",
                    "CHAT_TLS",
                    "x",
                    "CHAT_TLS_CA",
                    "x",
                    "CHAT_TLS_FINGERPRINT",
                    "x",
                    "CHAT_CLIENT_JAR",
                    "x")))
        .isEmpty();
  }

  @Test
  void reportsOnlyMisspeltVariables() {
    assertThat(
            ConfigSources.suspects(
                Map.of("CHAT_MAX_MESAGE_BYTES", "1", "CHAT_SOMETHING_ELSE", "1", "PATH", "/bin")))
        .containsExactly(
            "CHAT_MAX_MESAGE_BYTES in the environment is not an option, did you mean"
                + " CHAT_MAX_MESSAGE_BYTES?");
  }

  private Path file(String json) throws IOException {
    return Files.writeString(dir.resolve("chat.json"), json);
  }
}
