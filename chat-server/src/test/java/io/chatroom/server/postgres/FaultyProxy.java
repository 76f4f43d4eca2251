package io.chatroom.server.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A proxy in front of a database that can cut connections and lose requests or answers. */
public final class FaultyProxy implements AutoCloseable {

  private static final int BYTES = 64 * 1024;

  /** What is lost of an exchange. */
  public enum Loss {
    /** The request never arrives. */
    REQUEST,
    /** The request is executed, and the answer never arrives. */
    ANSWER,
    /** As ANSWER, and the proxy is cut. */
    ALL,
    /** The request is executed, and the answer arrives after {@link #mend}. */
    TIME
  }

  /** The request to lose, or whose answer is lost. */
  private record Trap(String words, Loss loss, CountDownLatch sprung) {}

  private final int databasePort;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private int mends;
  private volatile @Nullable Trap trap;

  public FaultyProxy(int databasePort) {
    this.databasePort = databasePort;
    try {
      this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Closes all connections, and refuses new ones. */
  public synchronized void cut() {
    cut = true;
    open.forEach(FaultyProxy::close);
  }

  /** Accepts new connections again. */
  public synchronized void mend() {
    cut = false;
    mends++;
    notifyAll();
  }

  private synchronized void awaitMend(Trap sprung) {
    int before = mends;
    sprung.sprung.countDown();
    try {
      while (mends == before) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Loses the next request that contains some words, or its answer.
   *
   * @return counted down when that has happened
   */
  public CountDownLatch lose(String words, Loss loss) {
    Trap set = new Trap(words, loss, new CountDownLatch(1));
    trap = set;
    return set.sprung;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        synchronized (this) {
          if (cut) {
            close(client);
            continue;
          }
          Socket database = new Socket();
          try {
            database.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), databasePort));
          } catch (IOException e) {
            close(client);
            continue;
          }
          open.add(client);
          open.add(database);
          Socket[] pair = {client, database};
          Trap[] caught = new Trap[1];
          start(() -> carry(pair[0], pair[1], true, caught));
          start(() -> carry(pair[1], pair[0], false, caught));
        }
      }
    } catch (IOException e) {
      open.forEach(FaultyProxy::close); // the proxy is closed
    }
  }

  private void carry(Socket from, Socket to, boolean isRequest, @Nullable Trap[] caught) {
    byte[] bytes = new byte[BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        Trap sprung;
        synchronized (caught) {
          sprung = caught[0];
          if (isRequest && sprung == null) {
            sprung = catches(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
            caught[0] = sprung;
          }
        }
        if (sprung != null && (!isRequest || sprung.loss == Loss.REQUEST)) {
          if (sprung.loss == Loss.TIME) {
            awaitMend(sprung);
            synchronized (caught) {
              caught[0] = null;
            }
          } else {
            if (sprung.loss == Loss.ALL) {
              cut();
            }
            close(from);
            close(to);
            sprung.sprung.countDown();
            break;
          }
        }
        out.write(bytes, 0, n);
      }
    } catch (IOException e) {
      // the connection was cut
    }
    close(from);
    close(to);
    open.remove(from);
    open.remove(to);
  }

  private synchronized @Nullable Trap catches(String request) {
    Trap set = trap;
    if (set != null && request.contains(set.words)) {
      trap = null;
      return set;
    }
    return null;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
