package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import io.chatroom.client.conformance.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A member that uses the seed's protocol, in the room that it shares with sessions. */
final class SeedMember implements AutoCloseable {

  /** A message that it received. */
  record Post(String name, String text) {}

  /** Longest wait, in timeouts, while messages of others arrive. */
  private static final int WHILE_STRANGERS_TALK = 5;

  private final String role;
  private final String name;
  private final Setting setting;
  private final Socket socket = new Socket();

  private SeedMember(Setting setting, String role, String name) {
    this.setting = setting;
    this.role = role;
    this.name = name;
  }

  static SeedMember register(Setting setting, String role, String name) throws Broken {
    SeedMember member = new SeedMember(setting, role, name);
    try {
      int timeout = Math.toIntExact(setting.timeout().toMillis());
      member.socket.setTcpNoDelay(true);
      member.socket.setSoTimeout(timeout);
      member.socket.connect(setting.server(), timeout);
    } catch (IOException e) {
      member.close();
      throw new Broken("a connection for " + role, String.valueOf(e.getMessage()));
    }
    member.send(name);
    return member;
  }

  String name() {
    return name;
  }

  /** Sends a frame: the first is the registration, the others are messages. */
  void send(String text) throws Broken {
    try {
      socket.getOutputStream().write(Framing.frame(Bytes.utf8(text)).toArray());
    } catch (IOException e) {
      throw new Broken("the server reads what %s sends".formatted(role), "the connection broke");
    }
  }

  /**
   * Takes messages up to {@code last}, and returns those that members of this case sent or that
   * mention them.
   */
  List<Post> takeUntil(Post last) throws Broken {
    long deadline = System.nanoTime() + WHILE_STRANGERS_TALK * setting.timeout().toNanos();
    List<Post> received = new ArrayList<>();
    Post next = next(last);
    while (!next.equals(last)) {
      if (setting.tag().isIn(next.name()) || setting.tag().isIn(next.text())) {
        received.add(next);
      }
      if (System.nanoTime() > deadline) {
        throw new Broken(
            "%s receives %s from %s".formatted(role, last.text(), last.name()),
            "only messages of others came");
      }
      next = next(last);
    }
    received.add(next);
    return received;
  }

  private Post next(Post awaited) throws Broken {
    String expected = "%s receives %s from %s".formatted(role, awaited.text(), awaited.name());
    try {
      InputStream in = socket.getInputStream();
      Framing.Frame from = Framing.read(in);
      Framing.Frame message = from == null ? null : Framing.read(in);
      if (from == null || message == null) {
        throw new Broken(expected, "the server ended the stream");
      }
      return new Post(text(from), text(message));
    } catch (SocketTimeoutException e) {
      throw new Broken(expected, "nothing came within " + Line.seconds(setting.timeout()));
    } catch (IOException e) {
      throw new Broken(expected, String.valueOf(e.getMessage()));
    }
  }

  private static String text(Framing.Frame frame) {
    return new String(frame.payload().toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close a socket", e);
    }
  }
}
