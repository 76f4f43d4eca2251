package io.chatroom.server.session;

import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Person;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who uses a session, from its accepted hello on. Immutable. */
final class Identity {

  private final Person person;
  private final String client;
  private final @Nullable Owner owner;
  private final byte[] nameFrame;

  /**
   * @param person the admitted person
   * @param client the client's permanent id; a secret
   * @param owner the owner of the name; null if the person does not own it
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

  /** The owner of the name; null if the person does not own it. */
  @Nullable Owner owner() {
    return owner;
  }

  /** The owner of the name of somebody who is in a private room. */
  Owner requireOwner() {
    return Objects.requireNonNull(owner, "only owners of a name have private rooms");
  }

  /** The name as a frame of the seed protocol. Not a copy. */
  byte[] nameFrame() {
    return nameFrame;
  }
}
