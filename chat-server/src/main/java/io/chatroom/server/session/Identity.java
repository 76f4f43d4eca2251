package io.chatroom.server.session;

import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Person;
import org.jspecify.annotations.Nullable;

/** Who has said hello. Immutable. */
final class Identity {

  private final Person person;
  private final String client;
  private final @Nullable Owner owner;
  private final byte[] nameFrame;

  /**
   * @param person as whom it was admitted
   * @param client what the client keeps for ever; a secret
   * @param owner as what it owns its name; null if it does not
   */
  Identity(Person person, String client, @Nullable Owner owner) {
    this.person = person;
    this.client = client;
    this.owner = owner;
    this.nameFrame = Encoder.frame(person.name());
  }

  Person person() {
    return person;
  }

  String name() {
    return person.name();
  }

  String client() {
    return client;
  }

  /** As what it owns its name; null if it does not. */
  @Nullable Owner owner() {
    return owner;
  }

  /** The name as it goes over the seed's wire. Not a copy. */
  byte[] nameFrame() {
    return nameFrame;
  }
}
