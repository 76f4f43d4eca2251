package io.chatroom.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A port that answers no connection: its queue is full, and nothing ever accepts. */
public final class DeafServer implements AutoCloseable {

  /** More than a backlog of 1 holds; the kernel does not answer the others. */
  private static final int CONNECTIONS = 8;

  private final ServerSocket server;
  private final List<SocketChannel> queue = new ArrayList<>();

  public DeafServer() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    for (int i = 0; i < CONNECTIONS; i++) {
      SocketChannel waiting = SocketChannel.open();
      waiting.configureBlocking(false);
      waiting.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      queue.add(waiting);
    }
  }

  public ServerAddress address() {
    return new ServerAddress(server.getInetAddress().getHostAddress(), server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel waiting : queue) {
      waiting.close();
    }
    server.close();
  }
}
