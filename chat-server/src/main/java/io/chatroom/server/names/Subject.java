package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The subject of a {@link Rule}, as text: a name, an owner, a client or a network. A name is at its
 * end, after a space, so that the facts about a person can be found and deleted.
 */
final class Subject {

  /** The prefix of a target that is an address or a network. */
  static final String ADDRESS = "address:";

  private static final String NAME = "name ";
  private static final String OWNER = "owner ";
  private static final String CLIENT = "client ";

  private Subject() {}

  static String name(String name) {
    return NAME + NamesInUse.key(name);
  }

  /** The owner of a name; a later owner of it is another subject. */
  static String owner(Owner owner) {
    return OWNER + owner.id();
  }

  static String network(Network network) {
    return ADDRESS + network.text();
  }

  /** A client, by the hash of its secret. */
  static String client(String client) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(client.getBytes(StandardCharsets.US_ASCII));
      return CLIENT + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** All subjects of a person, without the address. */
  static Set<String> of(Person person) {
    Set<String> subjects = new LinkedHashSet<>();
    subjects.add(name(person.name()));
    if (person.client() != null) {
      subjects.add(client(person.client()));
    }
    return subjects;
  }
}
