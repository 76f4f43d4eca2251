package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.bench.FaultyRoom;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as its user meets it: what it prints, and its exit code. */
class BenchCommandTest {

  private static final String ALL_WELL =
      "lost 0, repeated 0, out of order 0, altered 0, to the sender 0, another order 0";

  private CommandRun command = new CommandRun();

  private int run(String server, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("bench", server));
    all.addAll(List.of(options));
    return command.start(all.toArray(String[]::new)).exitCode();
  }

  private static ChatServer server() throws IOException {
    return ChatServer.start(
        ServerConfig.of(Map.of("host", "127.0.0.1", "port", "0", "admin", "off")));
  }

  /** A small run against a server of its own. */
  private String measure(String... options) throws Exception {
    try (ChatServer server = server()) {
      String address = "127.0.0.1:" + server.address().getPort();
      List<String> all = new ArrayList<>(List.of("--receivers", "5", "--warmup", "0"));
      all.addAll(List.of(options));
      assertThat(run(address, all.toArray(String[]::new))).as(command.err()).isZero();
      return address;
    }
  }

  @Test
  void printsWhatItMeasuredAndThatAllIsWell() throws Exception {
    String address = measure("--messages", "300", "--senders", "2", "--size", "16");

    List<String> lines = command.out().lines().toList();
    assertThat(lines.get(0))
        .startsWith(address + ": 5 receivers, 2 senders, messages of 16 bytes, 64 in flight, ");
    assertThat(command.out())
        .containsPattern("(?m)^deliveries +1,800 +[\\d,]+ /s$")
        .containsPattern("(?m)^messages +300 +[\\d,]+ /s$")
        .containsPattern("(?m)^delivered +0\\.1 MB +[\\d,.]+ MB/s$")
        .containsPattern("(?m)^ +p50 +p90 +p99 +p99\\.9 +max$")
        .containsPattern("(?m)^latency( +[\\d.]+ (µs|ms|s)){5}$")
        .contains(ALL_WELL);
    assertThat(command.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--sample=1"})
  void failsWhenTheResultCannotBeWritten(String option) throws Exception {
    try (FileOutputStream full = new FileOutputStream("/dev/full");
        ChatServer server = server()) {
      String address = "127.0.0.1:" + server.address().getPort();
      command = new CommandRun().writingTo(full);
      command.start("bench", address, "--messages=10", "--receivers=1", "--warmup=0", option);

      assertThat(command.exitCode()).isEqualTo(1);
      assertThat(command.err())
          .isEqualToIgnoringNewLines("cannot write the output: no space left on device");
    }
  }

  @Test
  void printsOneJsonObject() throws Exception {
    String address = measure("--messages", "300", "--rate", "100000", "--json");

    assertThat(command.out()).hasLineCount(1);
    JsonNode json = JsonMapper.shared().readTree(command.out());
    assertThat(json.propertyNames())
        .containsExactly(
            "server",
            "receivers",
            "senders",
            "size",
            "rate",
            "sample",
            "seconds",
            "messages",
            "messagesPerSecond",
            "deliveries",
            "deliveriesPerSecond",
            "deliveryBytes",
            "latencyMicros",
            "lost",
            "repeated",
            "outOfOrder",
            "wrong",
            "own",
            "otherOrder",
            "strangers",
            "onTime",
            "clientBusy",
            "stopped",
            "faultless");
    assertThat(json.get("server").asString()).isEqualTo(address);
    assertThat(json.get("rate").asInt()).isEqualTo(100_000);
    assertThat(json.get("sample").asInt()).isEqualTo(5);
    assertThat(json.get("messages").asInt()).isEqualTo(300);
    assertThat(json.get("deliveries").asInt()).isEqualTo(1_500);
    assertThat(json.get("deliveryBytes").asInt()).isEqualTo(94);
    assertThat(json.get("deliveriesPerSecond").asLong()).isPositive();
    assertThat(json.get("latencyMicros").propertyNames())
        .containsExactly("p50", "p90", "p99", "p999", "max");
    assertThat(json.get("latencyMicros").get("max").asDouble()).isPositive();
    assertThat(json.get("lost").asInt()).isZero();
    assertThat(json.get("faultless").asBoolean()).isTrue();
  }

  @Test
  void measuresSessionsAndTheirAcks() throws Exception {
    String address = measure("--messages", "300", "--senders", "2", "--sessions", "tcp");

    assertThat(command.out())
        .startsWith(address + ", sessions over TCP: 5 receivers, 2 senders, ")
        .containsPattern("(?m)^deliveries +1,800 +[\\d,]+ /s$")
        .containsPattern("(?m)^latency( +[\\d.]+ (µs|ms|s)){5}$")
        .containsPattern("(?m)^ack    ( +[\\d.]+ (µs|ms|s)){5}$")
        .contains(ALL_WELL);
  }

  @Test
  void tellsProgramsOfAcksToo() throws Exception {
    measure("--messages", "300", "--sessions", "ws", "--json");

    JsonNode json = JsonMapper.shared().readTree(command.out());
    assertThat(json.get("sessions").asString()).isEqualTo("ws");
    assertThat(json.get("ackMicros").propertyNames())
        .containsExactly("p50", "p90", "p99", "p999", "max");
    assertThat(json.get("ackMicros").get("max").asDouble()).isPositive();
    assertThat(json.get("faultless").asBoolean()).isTrue();
  }

  @Test
  void saysThatAServerMaySpeakNoSessions() throws Exception {
    try (Peer peer = new Peer()) {
      String address = peer.address().toString();
      command = new CommandRun().start("bench", address, "--receivers=1", "--sessions=tcp");
      peer.accept().close();

      assertThat(command.exitCode()).isEqualTo(1);
      assertThat(command.err())
          .startsWith(address + " ")
          .endsWith(
              " before all members had joined: it may not support sessions, or limit the number of"
                  + " connections\n");
    }
  }

  @Test
  void sessionsAreOnOneEventLoop() throws Exception {
    assertThat(run("localhost:1", "--sessions", "ws", "--threads", "2")).isEqualTo(2);

    assertThat(command.err()).contains("--threads: expected 1 with --sessions, but it is 2");
  }

  @Test
  void endsWith1AndOneSentenceWhenSomethingWasNotDelivered() throws Exception {
    try (FaultyRoom room =
        new FaultyRoom(
            (all, listener, speaker, pair) ->
                listener == speaker && pair.contains("M0000000007")
                    ? List.of(pair)
                    : listener == 2 && pair.contains("M0000000005")
                        ? List.of()
                        : FaultyRoom.Distortion.NONE.deliver(all, listener, speaker, pair))) {
      assertThat(
              run(room.address().toString(), "--receivers", "2", "--messages", "20", "--warmup=0"))
          .isEqualTo(1);
    }

    assertThat(command.out())
        .contains(
            "lost 1, repeated 0, out of order 0, altered 0, to the sender 1, another order 0");
    assertThat(command.err())
        .isEqualToIgnoringNewLines(
            "the server did not deliver as it should: 1 delivery lost, 1 delivery to the sender"
                + " itself");
  }

  @Test
  void endsWith1AndOneSentenceWhenNobodyAnswers() throws Exception {
    String nobody = Peer.nobody().toString();

    assertThat(run(nobody, "--json")).isEqualTo(1);
    assertThat(command.err()).startsWith(nobody + " refused the connection: ").hasLineCount(1);
    assertThat(command.out()).isEmpty();
  }

  @Test
  void showsProgressInOneLineAtATerminal() throws Exception {
    command = new CommandRun().atTerminal();
    measure("--seconds", "2");

    assertThat(command.err())
        .startsWith("\r")
        .containsPattern("\rmeasuring, \\d\\.\\d s, [\\d,]+ deliveries/s")
        .endsWith("\r")
        .doesNotContain("\n", "\u001b");
    assertThat(command.out()).contains(ALL_WELL).doesNotContain("\r");
  }

  @Test
  void showsNoProgressAtATerminalThatCannotGoBack() throws Exception {
    command = new CommandRun().atTerminal().with("TERM", "dumb");
    measure("--messages", "10");

    assertThat(command.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--receivers 0|--receivers: expected 1 to 99000, but it is 0",
        "--receivers 1000000|--receivers: expected 1 to 99000, but it is 1000000",
        "--receivers x|Invalid value for option '--receivers': expected a whole number up to"
            + " 2147483647, but it is 'x'",
        "--senders 0|--senders: expected 1 to 1000, but it is 0",
        "--size -1|--size: expected 11 to 65536 bytes (a message is numbered, which takes 11), but"
            + " it is -1",
        "--size 10|--size: expected 11 to 65536 bytes (a message is numbered, which takes 11), but"
            + " it is 10",
        "--size 65537|--size: expected 11 to 65536 bytes (a message is numbered, which takes 11),"
            + " but it is 65537",
        "--messages 0|--messages: expected 1 to 1000000000, but it is 0",
        "--seconds 0|--seconds: expected 0.1 to 3600 seconds, but it is 0.0",
        "--seconds NaN|--seconds: expected 0.1 to 3600 seconds, but it is NaN",
        "--messages 5 --seconds 5|--messages and --seconds exclude each other, give one of them",
        "--in-flight 0|--in-flight: expected 1 to 10000, but it is 0",
        "--rate 0|--rate: expected 1 to 1000000, but it is 0",
        "--rate 5 --in-flight 5|--rate and --in-flight exclude each other, give one of them",
        "--warmup -1|--warmup: expected 0 to 3600 seconds, but it is -1.0",
        "--sample 0|--sample: expected 1 to 100000, but it is 0",
        "--threads 0|--threads: expected 1 to 64, but it is 0",
        "--timeout 0|--timeout: expected 0.1 to 60 seconds, but it is 0.0",
      })
  void refusesInOneSentence(String options, String sentence) throws Exception {
    assertThat(run("localhost", options.split(" "))).isEqualTo(2);
    assertThat(command.err().lines())
        .containsExactly(sentence, "try 'chat-client bench --help' for the usage");
    assertThat(command.out()).isEmpty();
  }

  @Test
  void hasNoServerByDefault() throws Exception {
    command = new CommandRun().with("CHAT_SERVER", "localhost:1").start("bench");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err())
        .startsWith(
            "expected the HOST[:PORT] to load: a bench floods the room, so there is no default\n");
  }

  @Test
  void helps() throws Exception {
    command = new CommandRun().start("bench", "--help");
    assertThat(command.exitCode()).isZero();
    assertThat(command.out()).contains("--messages-per-second 0", "--in-flight=N", "Exit codes:");
  }
}
