package io.chatroom.server.carrier;

import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A whole server over real sockets, which one thread drives. */
final class TcpWorld implements World {

  private static final int CONNECTIONS = 60;

  /** Small, so that the server soon cannot write to a client that does not read. */
  private static final int RECEIVE_BUFFER_BYTES = 4_096;

  private final ServerConfig config;
  private ChatServer server;
  private final List<TcpLine> lines = new ArrayList<>();
  private @Nullable Thread stopping;

  /** Long time limits, because the laws do not test them and the machine may be slow. */
  TcpWorld(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("drainSeconds", "60");
    all.put("pingSeconds", "3600");
    all.put("registrationTimeout", "60s");
    all.put("host", "127.0.0.1");
    all.put("port", "0");
    all.put("admin", "off");
    all.put("messagesPerSecond", "0");
    config = ServerConfig.of(all);
    server = start();
  }

  private ChatServer start() {
    try {
      return ChatServer.start(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean canRestart() {
    return !config.data().equals("off");
  }

  @Override
  public void restart() {
    close();
    lines.clear();
    server = start();
  }

  @Override
  public @Nullable Line connect() {
    if (lines.size() == CONNECTIONS) {
      return null;
    }
    try {
      SocketChannel socket = SocketChannel.open();
      socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.address().getPort()));
      socket.configureBlocking(false);
      TcpLine line = new TcpLine(socket);
      lines.add(line);
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server runs by itself; waits a moment if nothing has arrived. */
  @Override
  public void pump() {
    boolean moved = false;
    for (TcpLine line : lines) {
      moved |= line.move();
    }
    if (!moved) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
    }
  }

  @Override
  public boolean stop() {
    ChatServer running = server;
    stopping = new Thread(running::close, "stopping");
    stopping.start();
    return true;
  }

  @Override
  public void close() {
    lines.forEach(TcpLine::cut);
    server.close();
  }

  /** A socket that never blocks. */
  private static final class TcpLine implements Line {

    private final SocketChannel socket;
    private final ByteArrayOutputStream in = new ByteArrayOutputStream();
    private ByteBuffer out = ByteBuffer.allocate(0);
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private boolean stuck;
    private boolean ends;
    private boolean ended;

    TcpLine(SocketChannel socket) {
      this.socket = socket;
    }

    boolean move() {
      if (ended || !socket.isOpen()) {
        return false;
      }
      boolean moved = false;
      try {
        if (out.hasRemaining()) {
          moved = socket.write(out) > 0;
        }
        if (ends && !out.hasRemaining()) {
          ends = false;
          socket.shutdownOutput();
        }
        if (!stuck) {
          int read = socket.read(buffer.clear());
          in.write(buffer.array(), 0, Math.max(0, read));
          ended = read < 0;
          moved |= read != 0;
        }
      } catch (IOException e) {
        ended = true;
      }
      return moved;
    }

    @Override
    public void send(byte[] bytes) {
      ByteBuffer all = ByteBuffer.allocate(out.remaining() + bytes.length);
      out = all.put(out).put(bytes).flip();
      move();
    }

    @Override
    public byte[] receive() {
      byte[] bytes = in.toByteArray();
      in.reset();
      return bytes;
    }

    @Override
    public boolean hasEnded() {
      return ended && in.size() == 0;
    }

    @Override
    public void stick() {
      stuck = true;
    }

    @Override
    public void unstick() {
      stuck = false;
    }

    @Override
    public void cut() {
      try {
        if (socket.isOpen() && !ended) {
          socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void endOutput() {
      ends = true;
    }
  }
}
