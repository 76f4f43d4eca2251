package io.chatroom.client.bench;

import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A server of sessions over TCP in one room, correct except for what its {@link Distortion} does to
 * a delivery. It has one thread for each connection, one lock and blocking writes.
 */
final class FaultySessions implements AutoCloseable {

  /** Decides what a member receives. */
  @FunctionalInterface
  interface Distortion {

    /** Delivers everything correctly. */
    Distortion NONE = (member, seq, object) -> List.of(object);

    /**
     * Called for every seq of the room and every member, with the room locked.
     *
     * @param member the number of the member in the bench
     * @param object what a correct server sends: a message, or the ack of the member's own post
     */
    List<FromServer> deliver(int member, long seq, FromServer object);
  }

  private record Member(int number, OutputStream out) {}

  private final ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final Distortion distortion;
  private long seq = 41;

  FaultySessions(Distortion distortion) throws IOException {
    this.distortion = distortion;
    start(this::accept);
  }

  ServerAddress address() {
    return new ServerAddress("127.0.0.1", listening.getLocalPort());
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "faulty-sessions");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        synchronized (this) {
          sockets.add(socket);
        }
        start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // by close()
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      in.readFully(new byte[SessionJson.magic().length]);
      FromClient.Hello hello = (FromClient.Hello) read(in);
      Member member =
          new Member(Integer.parseInt(hello.name().substring(4)), socket.getOutputStream());
      RoomName room = hello.rooms().get(0).room();
      synchronized (this) {
        members.add(member);
        write(
            member,
            new FromServer.Welcome(
                hello.name(), false, "faulty/1", new TreeMap<>(), List.of(), 5, null));
        write(
            member,
            new FromServer.Joined(
                null, room, "e", seq, seq + 1, 1, null, null, null, "member", null));
      }
      while (true) {
        if (read(in) instanceof FromClient.Post post) {
          relay(member, hello.name(), post);
        }
      }
    } catch (IOException | BadObjectException ended) {
      // the bench has left
    }
  }

  private synchronized void relay(Member author, String name, FromClient.Post post)
      throws IOException {
    seq++;
    for (Member member : members) {
      FromServer object =
          member.number == author.number
              ? new FromServer.Ack(post.id(), post.room(), seq, 1, false)
              : new FromServer.Message(post.room(), seq, 1, name, false, post.text(), null);
      for (FromServer given : distortion.deliver(member.number, seq, object)) {
        write(member, given);
      }
    }
  }

  private static FromClient read(DataInputStream in) throws IOException, BadObjectException {
    byte[] header = new byte[LengthHeader.BYTES];
    in.readFully(header);
    byte[] json = new byte[Integer.parseInt(new String(header, StandardCharsets.US_ASCII).strip())];
    in.readFully(json);
    return SessionJson.readClient(Unpooled.wrappedBuffer(json), Limits.DEFAULT);
  }

  private static void write(Member member, FromServer object) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    SessionJson.writeFrame(object, frame);
    member.out.write(frame.array(), 0, frame.readableBytes());
    frame.release();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    synchronized (this) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
