package io.chatroom.server.session;

import io.chatroom.server.names.Person;

/** Who has said hello. Immutable. */
final class Identity {

  private final Person person;
  private final String client;
  private final byte[] nameFrame;

  /**
   * @param person as whom it was admitted
   * @param client what the client keeps for ever; a secret
   */
  Identity(Person person, String client) {
    this.person = person;
    this.client = client;
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

  /** The name as it goes over the seed's wire. Not a copy. */
  byte[] nameFrame() {
    return nameFrame;
  }
}
