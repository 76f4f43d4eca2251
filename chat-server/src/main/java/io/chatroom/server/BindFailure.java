package io.chatroom.server;

import io.chatroom.protocol.VisibleText;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;

/** Says why a server cannot listen where it should, and what to do about it. */
final class BindFailure {

  private BindFailure() {}

  /**
   * @param option which says where to listen
   */
  static IOException explain(String host, int port, String option, Throwable cause) {
    String where = VisibleText.of(NetUtil.toSocketAddressString(host, port));
    return new IOException("cannot listen on " + where + ": " + reason(option, cause), cause);
  }

  private static String reason(String option, Throwable cause) {
    if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
      return "the host is not known, expected an address of this machine or 0.0.0.0 for all";
    }
    // The JDK and Netty's native transports throw different classes, with the words of the
    // operating system.
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("address already in use")) {
      return "the port is taken, stop what uses it or choose another with " + option;
    }
    if (message.contains("permission denied")) {
      return "permission denied, ports below 1024 belong to root; choose another with " + option;
    }
    if (message.contains("cannot assign requested address") || cause instanceof BindException) {
      return "this machine does not have that address, expected one of its own or 0.0.0.0 for all";
    }
    return String.valueOf(cause.getMessage());
  }
}
