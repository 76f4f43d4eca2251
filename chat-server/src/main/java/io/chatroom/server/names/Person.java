package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is here, or asks to come in. Immutable.
 *
 * @param name what others see
 * @param client what a client keeps for ever, a secret; null for a program of the seed's protocol
 * @param owner as what it has proved that the name is its own, which may be over by now; null if it
 *     has not
 * @param address where it comes from; null if that is not known
 * @param key by which it came into a closed server; null on an open one
 * @param bot by whose token it came in; null if that was not a bot's
 */
public record Person(
    String name,
    @Nullable String client,
    @Nullable Owner owner,
    @Nullable InetAddress address,
    @Nullable AccessKey key,
    @Nullable Bot bot) {

  /** Somebody on an open server who has proved nothing. */
  public Person(String name, @Nullable String client, @Nullable InetAddress address) {
    this(name, client, null, address, null, null);
  }

  /** Whether it has proved that the name is its own. */
  public boolean owned() {
    return owner != null;
  }

  /** Whether it has not said what it is called: it may read and nothing else. */
  public boolean isNameless() {
    return name.isEmpty();
  }

  /** The same as the owner of a name. */
  Person asOwner(Owner claimed) {
    return new Person(claimed.name(), client, claimed, address, key, bot);
  }

  /** Without the client, which is a secret. */
  @Override
  public String toString() {
    return "Person[name=" + name + ", owned=" + owned() + ", address=" + address + "]";
  }
}
