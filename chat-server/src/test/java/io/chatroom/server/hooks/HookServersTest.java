package io.chatroom.server.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.chatroom.server.ChatServer;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.postgres.FaultyProxy;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only one of two servers that share a database delivers to a hook. */
class HookServersTest {

  private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

  @TempDir Path dir;

  /**
   * A post to the hook.
   *
   * @param by the server, recognised by the secret of its signature
   */
  private record Told(int by, String body) {}

  private final String store = Postgres.shared().newStore();
  private final List<FaultyProxy> ways = new ArrayList<>();
  private final List<ChatServer> servers = new ArrayList<>();
  private final List<WsPeer> members = new ArrayList<>();
  private final List<Told> told = new CopyOnWriteArrayList<>();
  private HttpServer hook;
  private int said;

  @BeforeEach
  void start() throws IOException {
    hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.createContext("/", this::take);
    hook.start();
  }

  @AfterEach
  void stop() {
    ways.forEach(FaultyProxy::mend);
    members.forEach(WsPeer::close);
    servers.forEach(ChatServer::close);
    ways.forEach(FaultyProxy::close);
    hook.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String signature = exchange.getRequestHeaders().getFirst("Chatroom-Signature");
    long seconds = Long.parseLong(signature.substring(2, signature.indexOf(',')));
    int by = Signature.of(secret(0), seconds, body).equals(signature) ? 0 : 1;
    told.add(new Told(by, new String(body, UTF_8)));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static String secret(int server) {
    return "0123456789abcdef" + server;
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private void startServer() throws IOException {
    int number = servers.size();
    FaultyProxy way = new FaultyProxy(Postgres.shared().port());
    ways.add(way);
    String url = "http://127.0.0.1:" + hook.getAddress().getPort();
    Path file =
        Files.writeString(dir.resolve("hooks" + number), "lobby " + url + " " + secret(number));
    Map<String, String> options = new HashMap<>();
    options.put("host", "127.0.0.1");
    options.put("port", "0");
    options.put("drainSeconds", "1");
    options.put("admin", "off");
    options.put("hookFile", file.toString());
    options.put("hookPrivateAddresses", "true");
    options.put("store", Postgres.through(way.port(), store));
    ChatServer server = ChatServer.start(ServerConfig.of(options));
    servers.add(server);
    members.add(WsPeer.open(TestPeer.connect(server)).join("member" + number, "lobby"));
  }

  /** Posts at one of them, and waits for the ack. */
  private String say(int server) {
    String text = "number " + said++;
    members
        .get(server)
        .say(
            "{\"type\":\"post\",\"id\":\"%d\",\"room\":\"lobby\",\"text\":\"%s\"}"
                .formatted(said, text));
    hear(server, "\"type\":\"ack\"");
    return text;
  }

  private void hear(int server, String part) {
    while (!members.get(server).read().text().contains(part)) {
      // another object arrived first
    }
  }

  private List<String> texts() {
    return told.stream()
        .flatMap(each -> TEXT.matcher(each.body()).results().map(found -> found.group(1)))
        .toList();
  }

  @Test
  void oneServerDeliversAndTheOtherTakesOver() throws IOException {
    startServer();
    startServer();
    hear(0, "\"count\":2"); // they know each other, and have a leader
    hear(1, "\"count\":2");
    while (told.isEmpty()) { // it starts with the first entry after its first poll
      say(0);
    }
    String last = say(0);
    await().until(() -> texts().contains(last));
    told.clear();

    List<String> all = List.of(say(0), say(1), say(0), say(1));
    await().until(() -> texts().containsAll(all));
    assertThat(texts()).as("each of them once").containsExactlyInAnyOrderElementsOf(all);
    int leader = told.get(0).by();
    assertThat(told).allMatch(each -> each.by() == leader);

    String early = say(leader);
    ways.get(leader).cut();
    Postgres.shared() // it is silent for longer than those are who live
        .execute(
            store,
            "UPDATE server SET seen = now() - interval '13 s'"
                + " WHERE id = (SELECT id FROM server ORDER BY id LIMIT 1)");
    String late = say(1 - leader);
    await().until(() -> texts().containsAll(List.of(early, late)));
    assertThat(told) // the other one may still tell what it had heard
        .filteredOn(each -> each.body().contains('"' + late + '"'))
        .isNotEmpty()
        .allMatch(each -> each.by() == 1 - leader);
    assertThat(told).allMatch(each -> each.body().endsWith("\"complete\":true}"));
  }
}
