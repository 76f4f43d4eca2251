package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.DiceBot;
import com.example.SessionDiceBot;
import io.chatroom.client.jars.RunningProgram;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of bots.md are files among the tests, and run here. */
class BotsGuideTest {

  private static final Path GUIDE = Path.of("../docs/bots.md");
  private static final Path EXAMPLES = Path.of("src/test/java/com/example");
  private static final Path PYTHON = Path.of("src/test/python/dice.py");
  private static final RoomName LOBBY = RoomName.of("lobby");

  @Test
  void itsExamplesAreTheFilesThatAreTested() throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));

    for (Class<?> example : List.of(SessionDiceBot.class, DiceBot.class)) {
      assertThat(block.find()).isTrue();
      assertThat(block.group(1))
          .isEqualTo(Files.readString(EXAMPLES.resolve(example.getSimpleName() + ".java")));
      assertThat(block.group(1).lines()).hasSizeLessThanOrEqualTo(32);
    }
    assertThat(block.find()).isFalse();
  }

  @Test
  void itsPythonIsTheFileThatIsTested() throws IOException {
    String guide = Files.readString(GUIDE);
    String python = Files.readString(PYTHON);

    assertThat(guide).contains("```python\n" + python + "```").containsOnlyOnce("```python");
    assertThat(python.lines()).hasSizeLessThanOrEqualTo(60);
  }

  @Test
  void theExampleAnswersAndComesBackWhenTheServerDoes() throws Exception {
    ChatServer first = server(0);
    int port = first.address().getPort();
    ServerAddress address = new ServerAddress("127.0.0.1", port);
    try (RunningProgram bot = start(DiceBot.class, address.toString())) {
      bot.awaitLine("rolling dice at " + address);
      assertThatItAnswers(address);
      first.close();
      bot.awaitLine("BY_SERVER");
      try (ChatServer second = server(port)) {
        assertThat(second.address().getPort()).isEqualTo(port);
        bot.awaitLines("rolling dice at " + address, 2);
        assertThatItAnswers(address);
      }
    } finally {
      first.close();
    }
  }

  @Test
  void theExampleForSessionsAnswersAndGoesOnWhenTheServerIsBack() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    ChatServer first = server(0);
    int port = first.address().getPort();
    SessionAddress address = SessionAddress.parse("127.0.0.1:" + port);
    try (RunningProgram bot = start(SessionDiceBot.class, "127.0.0.1:" + port);
        SessionClient alice =
            SessionClient.builder()
                .room(LOBBY, Start.live(), (client, said) -> heard.add(String.valueOf(said.text())))
                .connect(address, "alice")) {
      assertThatItAnswers(alice, heard);
      first.close();
      try (ChatServer second = server(port)) {
        assertThat(second.address().getPort()).isEqualTo(port);
        assertThatItAnswers(alice, heard);
      }
      assertThat(bot.err()).isEmpty();
    } finally {
      first.close();
    }
  }

  /** One question, one answer, also if the question is posted while the bot has no connection. */
  @Test
  void theExampleInPythonAnswersAndGoesOnWhenTheServerIsBack(@TempDir Path data) throws Exception {
    RunningProgram.assumeInstalled("python3");
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    ChatServer first = server(0, data);
    int port = first.address().getPort();
    try (SessionClient alice =
            SessionClient.builder()
                .room(LOBBY, Start.live(), (client, said) -> heard.add(String.valueOf(said.text())))
                .connect(SessionAddress.parse("127.0.0.1:" + port), "alice");
        RunningProgram bot =
            RunningProgram.start("python3", "-B", PYTHON.toString(), "127.0.0.1:" + port)) {
      await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(rooms(port)).contains("\"count\":2"));
      alice.topic(LOBBY, "!roll").get(60, TimeUnit.SECONDS); // no question: an event has no "from"
      assertThatItAnswersOnce(alice, heard);
      first.close();
      try (ChatServer second = server(port, data)) {
        assertThat(second.address().getPort()).isEqualTo(port);
        assertThatItAnswersOnce(alice, heard);
      }
      assertThat(heard).isEmpty();
      assertThat(bot.out()).isEmpty();
    } finally {
      first.close();
    }
  }

  private static void assertThatItAnswersOnce(SessionClient alice, BlockingQueue<String> heard)
      throws Exception {
    alice.post(LOBBY, "!roll").get(60, TimeUnit.SECONDS);
    assertThat(heard.poll(60, TimeUnit.SECONDS)).matches("alice rolls a [1-6]");
  }

  private static String rooms(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/rooms?name=carol");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Asks until there is an answer: the bot may not be there yet. */
  private static void assertThatItAnswers(SessionClient alice, BlockingQueue<String> heard)
      throws Exception {
    heard.clear();
    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              alice.post(LOBBY, "!roll").get(60, TimeUnit.SECONDS);
              assertThat(heard).isNotEmpty();
            });
    assertThat(heard.take()).matches("alice rolls a [1-6]");
  }

  /** Asks until there is an answer: a connected bot may not be a member yet. */
  private static void assertThatItAnswers(ServerAddress address) throws Exception {
    BlockingQueue<ChatMessage> heard = new LinkedBlockingQueue<>();
    try (ChatClient alice =
        ChatClient.connect(address, "alice", (client, message) -> heard.add(message))) {
      await()
          .untilAsserted(
              () -> {
                alice.send("!roll");
                assertThat(heard).isNotEmpty();
              });
      ChatMessage answer = heard.take();
      assertThat(answer.name()).isEqualTo("dice");
      assertThat(answer.text()).matches("alice rolls a [1-6]");
    }
  }

  private static ChatServer server(int port) throws IOException {
    return server(port, Map.of());
  }

  private static ChatServer server(int port, Path data) throws IOException {
    return server(port, Map.of("data", data.toString()));
  }

  private static ChatServer server(int port, Map<String, String> more) throws IOException {
    Map<String, String> options = new HashMap<>(more);
    options.putAll(Map.of("host", "127.0.0.1", "port", Integer.toString(port), "admin", "off"));
    return ChatServer.start(ServerConfig.of(options));
  }

  private static RunningProgram start(Class<?> program, String argument) {
    String java = ProcessHandle.current().info().command().orElse("java");
    return RunningProgram.start(
        java,
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        program.getName(),
        argument);
  }
}
