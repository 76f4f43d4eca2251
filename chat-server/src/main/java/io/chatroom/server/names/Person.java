package io.chatroom.server.names;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A person who is connected, or wants to connect. Immutable.
 *
 * @param name the name that others see
 * @param client the client's permanent secret; null for a program of the seed's protocol
 * @param owner the ownership that they have proved, which may have ended since; null if they have
 *     proved none
 * @param address the address of the peer; null if unknown
 * @param key the access key for a closed server; null on an open one
 * @param bot the bot whose token they used; null for a person
 */
public record Person(
    String name,
    @Nullable String client,
    @Nullable Owner owner,
    @Nullable InetAddress address,
    @Nullable AccessKey key,
    @Nullable Bot bot) {

  /** A guest of an open server. */
  public Person(String name, @Nullable String client, @Nullable InetAddress address) {
    this(name, client, null, address, null, null);
  }

  /** Returns true if they have proved that they own their name. */
  public boolean owned() {
    return owner != null;
  }

  /** Returns true if they have no name; they may then only read. */
  public boolean isNameless() {
    return name.isEmpty();
  }

  /** The same person as the owner of a name. */
  Person asOwner(Owner claimed) {
    return new Person(claimed.name(), client, claimed, address, key, bot);
  }

  /** Without the client, which is a secret. */
  @Override
  public String toString() {
    return "Person[name=" + name + ", owned=" + owned() + ", address=" + address + "]";
  }
}
