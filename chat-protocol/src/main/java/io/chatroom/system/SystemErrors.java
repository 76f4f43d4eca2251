package io.chatroom.system;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;

/**
 * Recognises errors of the operating system for which the JDK has no exception type. The JDK passes
 * on only the system's message, in the language of the user. So each message is compared with that
 * of the same error, provoked here.
 */
public final class SystemErrors {

  /** The loopback's broadcast address, to which Linux never has a route for TCP. */
  private static final InetSocketAddress NOWHERE = new InetSocketAddress("127.255.255.255", 9);

  private SystemErrors() {}

  /** True if a write failed because the reader of the pipe has closed it. */
  public static boolean isBrokenPipe(IOException failure) {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SinkChannel broken = pipe.sink()) {
        pipe.source().close();
        broken.write(ByteBuffer.allocate(1));
        return false;
      }
    } catch (IOException same) {
      return says(failure, same);
    }
  }

  /** True if a server cannot listen because another one does. */
  public static boolean isAddressInUse(Throwable failure) {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return says(failure, bindAgain(taken));
    } catch (IOException e) {
      return false; // there is nothing to compare with
    }
  }

  /** True if there is no route to a network. */
  public static boolean isNetworkUnreachable(Throwable failure) {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.configureBlocking(false);
      channel.connect(NOWHERE);
      return false; // there is nothing to compare with
    } catch (IOException same) {
      return says(failure, same);
    }
  }

  private static IOException bindAgain(ServerSocket taken) throws IOException {
    try {
      new ServerSocket(taken.getLocalPort(), 1, taken.getInetAddress()).close();
      throw new IOException("two listen on one port");
    } catch (BindException same) {
      return same;
    }
  }

  /** Netty puts its own words before the system's message. */
  private static boolean says(Throwable failure, IOException same) {
    return failure.getMessage() != null
        && same.getMessage() != null
        && failure.getMessage().endsWith(same.getMessage());
  }
}
