package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * By what somebody is known to a {@link Rule}. A name stands at the end, behind a space: so what is
 * known of somebody can be found in facts, and forgotten.
 */
final class Subject {

  /** So does a target begin that is no name. */
  static final String ADDRESS = "address:";

  private static final String NAME = "name ";
  private static final String OWNER = "owner ";
  private static final String CLIENT = "client ";

  private Subject() {}

  static String name(String name) {
    return NAME + NamesInUse.key(name);
  }

  /** Who owns a name: another one is somebody else, who has claimed it later. */
  static String owner(Owner owner) {
    return OWNER + owner.id();
  }

  static String network(Network network) {
    return ADDRESS + network.text();
  }

  /** What a client keeps for ever is a secret: its hash stands for it. */
  static String client(String client) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(client.getBytes(StandardCharsets.US_ASCII));
      return CLIENT + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each Java has it
    }
  }

  /** All by which somebody is known, but for the address. */
  static Set<String> of(Person person) {
    Set<String> subjects = new LinkedHashSet<>();
    subjects.add(name(person.name()));
    if (person.client() != null) {
      subjects.add(client(person.client()));
    }
    return subjects;
  }
}
