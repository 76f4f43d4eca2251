package io.chatroom.server.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chatroom.protocol.session.RoomName;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A hook: a URL that receives the entries of one room. Immutable.
 *
 * @param room the room
 * @param url receives the posts; its path may be a secret
 * @param secret signs the posts
 */
record Hook(RoomName room, URI url, String secret) {

  /** The key of its stored position: a hash, as the URL may contain a secret. */
  String key() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest((room.key() + " " + url).getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  boolean isEncrypted() {
    return url.getScheme().equals("https");
  }

  int port() {
    return url.getPort() >= 0 ? url.getPort() : isEncrypted() ? 443 : 80;
  }

  /** The host as certificates name it: an IPv6 address without brackets. */
  String host() {
    return url.getHost().startsWith("[")
        ? url.getHost().substring(1, url.getHost().length() - 1)
        : url.getHost();
  }

  /** The path and the query. */
  String target() {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  /** Describes it for people, without secrets. */
  @Override
  public String toString() {
    return "hook of " + room.text() + " to " + url.getScheme() + "://" + url.getRawAuthority();
  }
}
