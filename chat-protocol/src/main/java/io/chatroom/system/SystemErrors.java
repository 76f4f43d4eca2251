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
 * Which error of the operating system a failure is, where the JDK has no type for it: all that it
 * hands on are the system's words, and those are in the language of the user. So each is compared
 * with what the system says of the same error, made here on purpose.
 */
public final class SystemErrors {

  /** The loopback's broadcast address: Linux has no route there for TCP, whatever the network. */
  private static final InetSocketAddress NOWHERE = new InetSocketAddress("127.255.255.255", 9);

  private SystemErrors() {}

  /** Whether a write failed because the reader of the pipe has gone. */
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

  /** Whether a server cannot listen because another one does. */
  public static boolean isAddressInUse(Throwable failure) {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return says(failure, bindAgain(taken));
    } catch (IOException e) {
      return false; // there is nothing to compare with
    }
  }

  /** Whether a network cannot be reached, for want of a route to it. */
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

  /** Netty has words of its own in front of the system's. */
  private static boolean says(Throwable failure, IOException same) {
    return failure.getMessage() != null
        && same.getMessage() != null
        && failure.getMessage().endsWith(same.getMessage());
  }
}
