package io.chatroom.server.transport;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.SystemErrors;
import io.netty.channel.unix.Errors;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains why a server cannot listen on its address, and what to do about it. */
public final class BindFailure {

  private static final int FIRST_PORT_FOR_ALL = 1024;

  /** Error numbers of Linux, the only system with a native Netty transport here. */
  private static final int EACCES = 13;

  /** {@code bind(..) failed with error(-95): Operation not supported}. */
  private static final Pattern SYSTEMS_WORDS =
      Pattern.compile(" failed with error\\(-?[0-9]+\\): (.+)");

  private BindFailure() {}

  /**
   * Explains a failure in one sentence for people.
   *
   * @param option the option that sets the address
   */
  public static IOException explain(String host, int port, String option, Throwable cause) {
    String where = VisibleText.of(NetUtil.toSocketAddressString(host, port));
    return new IOException(
        "cannot listen on " + where + ": " + reason(host, port, option, cause), cause);
  }

  private static String reason(String host, int port, String option, Throwable cause) {
    if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
      return "the host is not known, expected an address of this machine or 0.0.0.0 for all";
    }
    // The operating system's words are localised, so they decide nothing.
    if (SystemErrors.isAddressInUse(cause)) {
      return "the port is taken, stop what uses it or choose another with " + option;
    }
    if (!isOfThisMachine(host)) {
      return "this machine does not have that address, expected one of its own or 0.0.0.0 for all";
    }
    if (port > 0 && port < FIRST_PORT_FOR_ALL && isDenied(cause)) {
      return "permission denied, ports below 1024 belong to root; choose another with " + option;
    }
    if (cause instanceof IllegalStateException) { // no event loop
      return "no file can be opened for it, most likely as too many are: raise their limit (ulimit -n)";
    }
    return "the system does not allow it ("
        + (cause instanceof IOException failure ? words(failure) : cause.getClass().getSimpleName())
        + ")";
  }

  /** The operating system's words, without Netty's prefix. */
  private static String words(IOException failure) {
    Matcher system = SYSTEMS_WORDS.matcher(String.valueOf(failure.getMessage()));
    return VisibleText.of(
        FileTrouble.reason(system.find() ? new IOException(system.group(1), failure) : failure));
  }

  private static boolean isOfThisMachine(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isAnyLocalAddress()
          || address.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      return true; // unknown, so another reason is more likely
    }
  }

  /**
   * The JDK throws a type of its own for a refused bind; Netty passes on the system's error number.
   */
  private static boolean isDenied(Throwable cause) {
    return cause instanceof BindException
        || (cause instanceof Errors.NativeIoException failure && failure.expectedErr() == -EACCES);
  }
}
