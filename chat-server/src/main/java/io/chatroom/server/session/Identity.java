package io.chatroom.server.session;

/** Who has said hello. Immutable. */
final class Identity {

  private final String name;
  private final String client;
  private final byte[] nameFrame;

  /**
   * @param name what others see
   * @param client what the client keeps for ever; a secret
   */
  Identity(String name, String client) {
    this.name = name;
    this.client = client;
    this.nameFrame = Encoder.frame(name);
  }

  String name() {
    return name;
  }

  String client() {
    return client;
  }

  /** The name as it goes over the seed's wire. Not a copy. */
  byte[] nameFrame() {
    return nameFrame;
  }
}
