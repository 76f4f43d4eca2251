package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.FarMachine;
import io.chatroom.client.jars.Tmux.Pane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The programs as people run them, with the times that people wait. */
@Timeout(400)
class VanishedServerIT {

  private static final String TIME = "\\d\\d:\\d\\d \\??"; // the mark of names that are nobody's
  private static final String DOUBT = "this was sent, but may not have arrived: ";
  private static final int LOST = 7;

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  /** All at once, as it takes a minute. */
  @Test
  void isFoundByAllProgramsWhichNameEveryMessageThatMayBeLost() throws Exception {
    try (FarMachine machine = FarMachine.make()) {
      RunningProgram server =
          programs.start(
              RunningProgram.start(
                  machine.command(
                      Programs.serverCommand(
                          "--port", "0", "--host", machine.address(), "--transcript"))));
      String address = machine.address() + ":" + Programs.port(server);
      RunningProgram listen = programs.client("listen", "--name", "ear", address);
      RunningProgram send = programs.client("send", "--name", "mouth", address);
      Pane chat = tmux.start(chat("alice", "seed", address));
      Pane session = tmux.start(chat("eve", "session", address));
      for (String name : List.of("ear", "mouth", "alice", "eve")) {
        server.awaitLine(".*, user: " + name);
      }
      chat.awaitRow(TIME + "-- connected to .*");
      send.type("arrived");
      listen.awaitLine("mouth: {4}arrived");
      chat.enter("arrived too");
      listen.awaitLine("alice: {4}arrived too");
      // The answer to a message may wait for something else to go there.
      assertThat(programs.client("send", "--name=bob", "--message=ok", address).awaitExit())
          .isZero();
      listen.awaitLine("bob: {4}ok");
      chat.awaitRow(TIME + "bob: ok");
      session.awaitRow(TIME + "bob: ok");

      machine.vanish();
      for (int n = 1; n <= LOST; n++) {
        send.type("lost " + n);
        chat.enter("lost " + n);
      }
      session.enter("kept").awaitRow("   … kept");

      assertThat(send.awaitExit()).isEqualTo(1);
      List<String> told = new ArrayList<>();
      told.add(
          address
              + " has acknowledged nothing for 60 s: the server or the network in between is gone; the"
              + " last 7 of 8 messages may not have arrived");
      IntStream.rangeClosed(1, LOST).forEach(n -> told.add(DOUBT + "lost " + n));
      assertThat(send.err()).containsExactlyElementsOf(told);
      assertThat(listen.awaitExit()).isEqualTo(1);
      assertThat(listen.err()).containsExactly("connection is gone");
      List<String> screen = chat.awaitRow(TIME + "-- " + DOUBT + "lost " + LOST);
      assertThat(screen.stream().filter(row -> row.contains(DOUBT)).map(row -> row.substring(9)))
          .containsExactlyElementsOf(told.subList(1, told.size()));
      assertThat(screen).anyMatch(row -> row.matches(TIME + "-- connection lost: .*"));

      machine.comeBack();
      chat.awaitRow(TIME + "-- connected again; .*");
      chat.enter("here again");
      server.awaitLine(".*---alice: {4}here again");
      chat.key("C-d").awaitExit(0);
      session.awaitRow(TIME + "-- connected again");
      session.awaitRow(TIME + "eve: kept");
      session.awaitRow(TIME + "alice: here again");
      assertThat(session.screen()).noneMatch(row -> row.contains(DOUBT) || row.contains("gap"));
      assertThat(server.out()).filteredOn(line -> line.contains("---eve: ")).hasSize(1);
    }
  }

  private String[] chat(String name, String protocol, String address) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "XDG_CONFIG_HOME=" + dir.resolve(name),
                "XDG_STATE_HOME=" + dir.resolve(name)));
    command.addAll(QuickJava.command(Programs.CLIENT_JAR));
    command.addAll(List.of("--protocol", protocol, "--name", name, address));
    return command.toArray(String[]::new);
  }
}
