package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scripts that post once, go on where they stopped, and outlive a server. */
@Timeout(300)
class SessionScriptsIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  @Test
  void aRetryIsSaidOnceAndAListenerGoesOnWhereItStopped() {
    String address = "127.0.0.1:" + Programs.port(server(0));
    String[] deploy = {"send", address, "--name=ci", "--id=build-7", "--message=a", "--message=b"};
    for (int i = 0; i < 2; i++) {
      RunningProgram send = client(deploy);
      assertThat(send.awaitExit()).as("%s", send.err()).isZero();
    }
    RunningProgram other = client("send", address, "--name=ci", "--id=build-7", "--message=c");
    assertThat(other.awaitExit()).as("another text under the same id").isEqualTo(1);
    assertThat(other.err())
        .singleElement()
        .asString()
        .startsWith("the server refused this message");
    RunningProgram one = client("send", address, "--name=ci", "--message=c");
    assertThat(one.awaitExit()).isZero();

    RunningProgram first = client("listen", address, "--last=100", "--json", "--count=2");
    assertThat(first.awaitExit()).isZero();
    List<JsonNode> heard = first.out().stream().map(new JsonMapper()::readTree).toList();
    assertThat(heard).extracting(m -> m.get("text").asString()).containsExactly("a", "b");
    JsonNode last = heard.get(1);
    String place = last.get("epoch").asString() + ":" + last.get("seq").asInt();
    RunningProgram rest = client("listen", address, "--after", place, "--count=1");
    assertThat(rest.awaitExit()).isZero();
    assertThat(rest.out()).containsExactly("ci:    c");
  }

  @Test
  void aServerThatIsKilledAndComesBackGetsEachMessageOnce() {
    RunningProgram server = server(0);
    int port = Programs.port(server);
    String address = "127.0.0.1:" + port;
    RunningProgram listen = client("listen", address, "--room=lobby", "--name=ear");
    server.awaitLine(".*, user: ear");
    RunningProgram send = client("send", address, "--name=mouth");
    send.type("0");
    listen.awaitLine("mouth: {4}0");
    server.signal("KILL").awaitExit();
    IntStream.range(1, 50).forEach(n -> send.type("" + n));
    RunningProgram again = server(port);
    again.awaitLine("listening on .*");
    send.endInput();

    assertThat(send.awaitExit()).as("%s", send.err()).isZero();
    listen.awaitLine("mouth: {4}49");
    assertThat(listen.out())
        .filteredOn(line -> line.startsWith("mouth:"))
        .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(n -> "mouth:    " + n).toList());
    assertThat(listen.out().get(1)).startsWith("-- gap in lobby: a new history begins here, ");
  }

  private RunningProgram server(int port) {
    return programs.server("--port", "" + port, "--host", "127.0.0.1", "--admin", "off");
  }

  private RunningProgram client(String... arguments) {
    return programs.start(
        RunningProgram.jarIn(
            Map.of("XDG_CONFIG_HOME", dir.toString()), Programs.CLIENT_JAR, arguments));
  }
}
