package io.chatroom.client;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server of sessions on the loopback that does nothing by itself: the test accepts, reads, writes
 * and ends each connection, in order or not. Plain sockets, over TCP or WebSocket. What takes
 * longer than a minute fails.
 */
public final class SessionPeer implements AutoCloseable {

  public static final RoomName LOBBY = RoomName.of("lobby");

  private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final Limits LIMITS = new Limits(1 << 20, 1 << 20);

  private final ServerSocket server;
  private final boolean isWebSocket;

  public SessionPeer(boolean isWebSocket) {
    this.isWebSocket = isWebSocket;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public SessionAddress address() {
    ServerAddress address =
        new ServerAddress(server.getInetAddress().getHostAddress(), server.getLocalPort());
    return isWebSocket ? SessionAddress.parse("ws://" + address) : SessionAddress.of(address);
  }

  /** Waits for the next connection, and reads what makes it a session. */
  public Link accept() throws IOException {
    return accept(Long.MAX_VALUE);
  }

  /**
   * The same, and cuts what is written after so many bytes: what goes beyond throws, and the
   * connection is gone.
   */
  Link accept(long budgetBytes) throws IOException {
    return new Link(server.accept(), isWebSocket, budgetBytes);
  }

  /** Waits for the next connection and reads nothing. */
  Socket acceptRaw() throws IOException {
    return server.accept();
  }

  boolean isClosed() {
    return server.isClosed();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static FromServer.Welcome welcome(long pingSeconds) {
    return welcome(pingSeconds, LOBBY);
  }

  public static FromServer.Welcome welcome(long pingSeconds, RoomName seedRoom) {
    return new FromServer.Welcome(
        "alice",
        false,
        "script/1",
        new TreeMap<>(Map.of("maxMessageBytes", 65_536L, "maxUnanswered", 10L)),
        List.of("history"),
        pingSeconds,
        seedRoom);
  }

  public static FromServer.Joined joined(
      String epoch, long seq, FromServer.@Nullable Resume resume) {
    return new FromServer.Joined(null, LOBBY, epoch, seq, 1, 1, null, null, null, "member", resume);
  }

  public static FromServer.Message message(long seq, String text) {
    return new FromServer.Message(LOBBY, seq, 1, "bob", false, text, null);
  }

  static FromServer.Ack ack(FromClient.Post post, long seq) {
    return new FromServer.Ack(post.id(), post.room(), seq, 1, false);
  }

  /** One connection, seen from the server. */
  public static final class Link implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final boolean isWebSocket;
    private long budgetBytes = Long.MAX_VALUE;

    Link(Socket socket, boolean isWebSocket, long budgetBytes) throws IOException {
      this.socket = socket;
      this.isWebSocket = isWebSocket;
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = socket.getOutputStream();
      if (isWebSocket) {
        upgrade();
      } else {
        byte[] magic = new byte[10];
        in.readFully(magic);
        if (!new String(magic, StandardCharsets.US_ASCII).equals("CHATROOM/2")) {
          throw new AssertionError("no session");
        }
      }
      this.budgetBytes = budgetBytes;
    }

    private void upgrade() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      String request = head.toString();
      if (!request.startsWith("GET /ws HTTP/1.1\r\n")
          || !field(request, "sec-websocket-protocol").equals("chatroom.2")
          || request.toLowerCase(java.util.Locale.ROOT).contains("\r\norigin:")) {
        throw new AssertionError(request);
      }
      byte[] accept;
      try {
        accept =
            MessageDigest.getInstance("SHA-1")
                .digest(
                    (field(request, "sec-websocket-key") + GUID)
                        .getBytes(StandardCharsets.US_ASCII));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
      raw(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Protocol: chatroom.2\r\nSec-WebSocket-Accept: "
                  + Base64.getEncoder().encodeToString(accept)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
    }

    private static String field(String request, String name) {
      return request
          .lines()
          .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    /** The next object, which must be of this kind. */
    public <T extends FromClient> T hear(Class<T> kind) throws IOException {
      FromClient object = hear();
      if (!kind.isInstance(object)) {
        throw new AssertionError("heard " + object + ", expected " + kind.getSimpleName());
      }
      return kind.cast(object);
    }

    /** True if input is available without waiting. */
    boolean hasHeard() throws IOException {
      return in.available() > 0;
    }

    /** The next object. */
    FromClient hear() throws IOException {
      ByteBuf json = Unpooled.wrappedBuffer(isWebSocket ? message() : frame());
      try {
        return SessionJson.readClient(json, LIMITS);
      } catch (BadObjectException e) {
        throw new AssertionError(e);
      }
    }

    private byte[] frame() throws IOException {
      byte[] header = new byte[10];
      in.readFully(header);
      byte[] payload =
          new byte[Integer.parseInt(new String(header, StandardCharsets.US_ASCII).strip())];
      in.readFully(payload);
      return payload;
    }

    private byte[] message() throws IOException {
      int first = in.readUnsignedByte();
      if (first == 0x88) {
        throw new EOFException("closed");
      }
      if (first != 0x81) {
        throw new AssertionError("a frame that begins with " + first + ", expected text");
      }
      int length = in.readUnsignedByte() & 0x7F;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = Math.toIntExact(in.readLong());
      }
      byte[] mask = new byte[4];
      in.readFully(mask);
      byte[] payload = new byte[length];
      in.readFully(payload);
      for (int i = 0; i < length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return payload;
    }

    /** Waits for the end of the client's stream, and drops everything before it. */
    void awaitEnd() {
      try {
        while (in.read() >= 0) {
          // dropped
        }
      } catch (IOException e) {
        return; // RST is an end, too
      }
    }

    public void say(FromServer... objects) throws IOException {
      for (FromServer object : objects) {
        ByteBuf json = Unpooled.buffer();
        SessionJson.write(object, json);
        json(json.toString(StandardCharsets.UTF_8));
      }
    }

    /** Sends a text as an object, which it need not be. */
    void json(String text) throws IOException {
      byte[] payload = text.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      if (!isWebSocket) {
        framed.writeBytes(
            String.format("%-10d", payload.length).getBytes(StandardCharsets.US_ASCII));
      } else {
        framed.write(0x81);
        if (payload.length < 126) {
          framed.write(payload.length);
        } else {
          framed.write(126);
          framed.write(payload.length >> 8);
          framed.write(payload.length);
        }
      }
      framed.writeBytes(payload);
      raw(framed.toByteArray());
    }

    /** Sends bytes, as many as the budget allows. */
    void raw(byte[] bytes) throws IOException {
      int allowed = (int) Math.min(bytes.length, budgetBytes);
      out.write(bytes, 0, allowed);
      budgetBytes -= allowed;
      if (allowed < bytes.length) {
        close();
        throw new EOFException("cut");
      }
    }

    /** Ends the connection with RST. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
