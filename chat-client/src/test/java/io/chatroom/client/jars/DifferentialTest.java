package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random but valid scripts of arrivals, frames and departures, acted out against the
 * seed's {@code server.py} and against ours: what each member receives is the same, byte for byte.
 *
 * <p>A script is valid when the seed's server can follow it: frames arrive whole, one member acts
 * at a time, and the next acts when everybody has received what the last one said.
 */
class DifferentialTest {

  private static final int SCRIPTS = 10;
  private static final int STEPS = 60;

  /**
   * A member that is there from the start, so that every other one's arrival is seen by somebody.
   */
  private static final int OBSERVER = -1;

  @TempDir Path dir;

  /** Something a member does. Its arrival is its first frame; its departure has none. */
  private record Step(int member, List<String> frames, boolean leaves) {}

  @Test
  void everyMemberReceivesTheSameFromBothServers() throws Exception {
    int theirPort = SeedPrograms.freePort();
    try (RunningProgram theirs = new SeedPrograms(dir).server(theirPort);
        ChatServer ours =
            ChatServer.start(
                ServerConfig.of(
                    Map.of(
                        "host",
                        "127.0.0.1",
                        "port",
                        "0",
                        "admin",
                        "off",
                        "messagesPerSecond",
                        "0")))) {
      for (int seed = 0; seed < SCRIPTS; seed++) {
        List<Step> script = script(new Random(seed));

        Map<Integer, String> received = act(script, ours.address().getPort());

        assertThat(received)
            .as("script %d: %s; %s", seed, script, theirs.err())
            .isEqualTo(act(script, theirPort));
        assertThat(received.values())
            .as("a script in which nothing happens")
            .anyMatch(s -> !s.isEmpty());
      }
    }
  }

  private static List<Step> script(Random random) {
    List<Step> script = new ArrayList<>();
    List<Integer> present = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < STEPS; i++) {
      int choice = random.nextInt(10);
      if (present.isEmpty() || (choice == 0 && present.size() < 6)) {
        // The word after the name lets the others wait until the newcomer is a member.
        script.add(
            new Step(
                next, List.of(frame(random, name(random)), frame(random, "I am here")), false));
        present.add(next++);
      } else if (choice == 1) {
        script.add(new Step(present.remove(random.nextInt(present.size())), List.of(), true));
      } else {
        List<String> frames = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
          frames.add(frame(random, text(random)));
        }
        script.add(new Step(present.get(random.nextInt(present.size())), frames, false));
      }
    }
    return script;
  }

  private static String name(Random random) {
    String[] names = {"alice", "bob", "msg_screen", "", "zoë", "名前", "a b\tc"};
    return names[random.nextInt(names.length)];
  }

  private static String text(Random random) {
    String[] words = {"hello", "", " ", "é", "🙂", "10        ", "\n", "\u0000", "x".repeat(2_000)};
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n > 0; n--) {
      text.append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }

  /** Any legal header for a payload: digits with zeros before them and spaces around them. */
  private static String frame(Random random, String payload) {
    String digits = "" + payload.getBytes(StandardCharsets.UTF_8).length;
    digits = "0".repeat(random.nextInt(3)) + digits;
    String header = " ".repeat(random.nextInt(11 - digits.length())) + digits;
    return String.format("%-10s", header) + payload;
  }

  /**
   * Acts a script out and returns what each member had received when it left or the script ended.
   */
  private static Map<Integer, String> act(List<Step> script, int port) throws IOException {
    Map<Integer, Peer> present = new HashMap<>();
    Map<Integer, String> received = new HashMap<>();
    try {
      present.put(OBSERVER, observer(port));
      for (Step step : script) {
        if (step.leaves()) {
          try (Peer leaver = present.remove(step.member())) {
            received.put(step.member(), leaver.received());
          }
          continue;
        }
        List<String> messages = step.frames();
        Peer actor = present.get(step.member());
        if (actor == null) {
          actor = new Peer(port, messages.get(0));
          actor.send(messages.get(0));
          messages = messages.subList(1, messages.size());
        }
        int due = 0;
        for (String message : messages) {
          actor.send(message);
          due += actor.name.getBytes(StandardCharsets.UTF_8).length;
          due += message.getBytes(StandardCharsets.UTF_8).length;
        }
        for (Peer other : present.values()) {
          if (other != actor) {
            other.receive(due);
          }
        }
        present.put(step.member(), actor);
      }
      // A last word of a stranger: whatever else was on its way to somebody came before it.
      try (Peer stranger = new Peer(port, "8         stranger")) {
        stranger.send("8         stranger3         end");
        for (Map.Entry<Integer, Peer> entry : present.entrySet()) {
          entry.getValue().receive("8         stranger3         end".length());
          received.put(entry.getKey(), entry.getValue().received());
        }
      }
      return received;
    } finally {
      for (Peer peer : present.values()) {
        peer.close();
      }
    }
  }

  /**
   * A member that is sure to be one. Nothing tells when it is, so somebody calls until it hears.
   */
  private static Peer observer(int port) throws IOException {
    Peer observer = new Peer(port, "8         observer");
    observer.send(observer.name);
    try (Peer usher = new Peer(port, "5         usher")) {
      usher.send(usher.name);
      Awaitility.await()
          .until(
              () -> {
                usher.send("4         here");
                return observer.socket.getInputStream().available() > 0;
              });
      usher.send("4         done");
      while (!observer.received().endsWith("done")) {
        observer.receive(1);
      }
      observer.received.reset();
    }
    return observer;
  }

  private static final class Peer implements Closeable {

    private final Socket socket;
    private final String name;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    Peer(int port, String nameFrame) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      name = nameFrame;
    }

    void send(String frame) throws IOException {
      socket.getOutputStream().write(frame.getBytes(StandardCharsets.UTF_8));
    }

    void receive(int count) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(count);
      assertThat(bytes).as("what came before the connection was closed").hasSize(count);
      received.writeBytes(bytes);
    }

    String received() {
      return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
