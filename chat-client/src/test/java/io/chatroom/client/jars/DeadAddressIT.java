package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A host with two addresses, in a network namespace. To the first one every packet is dropped, as
 * behind some firewalls or where IPv6 leads nowhere; at the second one is the server.
 */
class DeadAddressIT {

  private static final String DEAD = "127.0.0.2";

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  private final String namespace = "chat-dead-" + ProcessHandle.current().pid();
  private boolean made;

  @BeforeEach
  void makeTheNetwork() {
    for (String program : List.of("ip", "iptables")) {
      RunningProgram.assumeInstalled(program);
    }
    made = start("ip", "netns", "add", namespace).awaitExit() == 0;
    if (!made && System.getenv("CI") != null) {
      throw new AssertionError("no network namespace can be made, which CI needs");
    }
    assumeTrue(made, "skipped: needs root, to make a network namespace");
    inNetwork("ip", "link", "set", "lo", "up");
    inNetwork("iptables", "-A", "INPUT", "-d", DEAD, "-j", "DROP");
  }

  @AfterEach
  void removeTheNetwork() {
    if (made) {
      start("ip", "netns", "del", namespace).awaitExit();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"send --name alice --message hello", "conformance --only relay.to-everyone"})
  void theLivingOneIsFoundWhileTheDeadOneIsStillAsked(String command) throws IOException {
    RunningProgram server = server();
    RunningProgram client = client(command, Programs.port(server));

    assertThat(client.awaitExit()).as("%s", client.err()).isZero();
    assertThat(client.err()).isEmpty();
    server.awaitLine("127\\.0\\.0\\.1:\\d+, user: .*");
    // One packet at once, and others after 1, 3 and 7 s: all four were sent in a timeout of 10 s.
    assertThat(droppedPackets()).isBetween(1, 3);
  }

  @Test
  void allAreToldThatFailed() throws IOException {
    inNetwork("iptables", "-F", "INPUT");
    inNetwork(
        ("iptables -A INPUT -d " + DEAD + " -j REJECT --reject-with icmp-host-unreachable")
            .split(" ", -1));
    RunningProgram client = client("send --name alice --message hello", 9);

    assertThat(client.awaitExit()).isEqualTo(1);
    assertThat(client.err())
        .containsExactly(
            "cannot connect to chat.test:9: 127.0.0.2 has no route from here, 127.0.0.1 refused the"
                + " connection: check that a server runs there, the port, and whether a firewall is"
                + " in between");
  }

  private RunningProgram server() {
    return start(inside(Programs.serverCommand("--port=0", "--host=127.0.0.1", "--admin=off")));
  }

  private RunningProgram client(String command, int port) throws IOException {
    Path hosts =
        Files.writeString(dir.resolve("hosts"), DEAD + " chat.test\n127.0.0.1 chat.test\n");
    List<String> words =
        new ArrayList<>(
            List.of(RunningProgram.jarCommand(Programs.CLIENT_JAR, command.split(" ", -1))));
    words.add("chat.test:" + port);
    words.add(1, "-Djdk.net.hosts.file=" + hosts);
    return start(inside(words.toArray(String[]::new)));
  }

  private int droppedPackets() {
    Matcher rule =
        inNetwork("iptables", "-nvxL", "INPUT").out().stream()
            .map(Pattern.compile(" *(\\d+) .*DROP.*")::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(rule.group(1));
  }

  private RunningProgram inNetwork(String... command) {
    RunningProgram program = start(inside(command));
    assertThat(program.awaitExit()).as("%s: %s", program, program.err()).isZero();
    return program;
  }

  private String[] inside(String... command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  private RunningProgram start(String... command) {
    return programs.start(RunningProgram.start(command));
  }
}
