package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * The settings that are remembered between runs.
 *
 * @param server where to connect to, or null if never set
 * @param tls whether to use TLS with that server
 * @param name what the others see, or null if never set
 * @param bell when to ring
 * @param color whether names have colours
 */
public record Settings(
    @Nullable ServerAddress server, boolean tls, @Nullable String name, Bell bell, boolean color) {

  /** The default settings. */
  public static final Settings DEFAULT = new Settings(null, false, null, Bell.MENTION, true);

  /** The same with another server. */
  public Settings withServer(ServerAddress other) {
    return new Settings(other, tls, name, bell, color);
  }

  /** The same with or without TLS. */
  public Settings withTls(boolean other) {
    return new Settings(server, other, name, bell, color);
  }

  /** The same with another name. */
  public Settings withName(String other) {
    return new Settings(server, tls, other, bell, color);
  }
}
