package io.chatroom.client.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A scripted server of sessions. Waiting for a minute fails. */
final class SessionScript implements AutoCloseable {

  private static final int PATIENCE_MILLIS = (int) TimeUnit.SECONDS.toMillis(60);
  private static final String WELCOME =
      "{'type':'welcome','v':2,'name':'ci','owned':false,'server':'script','limits':"
          + "{'maxMessageBytes':65536},'features':[],'pingSeconds':30}";

  private final ServerSocket server;

  SessionScript() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server.setSoTimeout(PATIENCE_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  /** Waits for a connection, and reads the magic before its hello. */
  Link accept() throws IOException {
    return new Link(server.accept());
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One connection. */
  static final class Link implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;

    Link(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new DataInputStream(socket.getInputStream());
      in.readFully(new byte[10]);
    }

    /** The next object, which has this type. */
    JsonNode hear(String type) throws IOException {
      byte[] header = new byte[10];
      in.readFully(header);
      byte[] json =
          new byte[Integer.parseInt(new String(header, StandardCharsets.US_ASCII).strip())];
      in.readFully(json);
      JsonNode object = new JsonMapper().readTree(json);
      if (!object.get("type").asString().equals(type)) {
        throw new AssertionError("heard " + object + ", expected " + type);
      }
      return object;
    }

    void welcome() throws IOException {
      say(WELCOME);
    }

    /** A welcome of a server with owned names. */
    void welcomeWithOwners() throws IOException {
      say(WELCOME.replace("'features':[]", "'features':['claim']"));
    }

    /** A welcome that names the room of the seed's programs. */
    void welcome(String seedRoom) throws IOException {
      say(WELCOME.replace("'pingSeconds'", "'seedRoom':'" + seedRoom + "','pingSeconds'"));
    }

    /** Sends objects, written with apostrophes for quotation marks. */
    void say(String... objects) throws IOException {
      for (String object : objects) {
        byte[] json = object.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        socket
            .getOutputStream()
            .write(String.format("%-10d", json.length).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(json);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
