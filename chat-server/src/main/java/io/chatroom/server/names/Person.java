package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is here, or asks to come in. Immutable.
 *
 * @param name what others see
 * @param client what a client keeps for ever, a secret; null for a program of the seed's protocol
 * @param owned whether it has proved that the name is its own
 * @param address where it comes from; null if that is not known
 * @param key by which it came into a closed server; null on an open one
 * @param bot by whose token it came in; null if that was not a bot's
 */
public record Person(
    String name,
    @Nullable String client,
    boolean owned,
    @Nullable InetAddress address,
    @Nullable AccessKey key,
    @Nullable Bot bot) {

  /** Somebody on an open server. */
  public Person(
      String name, @Nullable String client, boolean owned, @Nullable InetAddress address) {
    this(name, client, owned, address, null, null);
  }

  /** The same as the owner of a name. */
  Person asOwner(String claimed) {
    return new Person(claimed, client, true, address, key, bot);
  }

  /** The same once somebody else may own its name. */
  public Person asGuest() {
    return new Person(name, client, false, address, key, null);
  }

  /** Without the client, which is a secret. */
  @Override
  public String toString() {
    return "Person[name=" + name + ", owned=" + owned + ", address=" + address + "]";
  }
}
