package io.chatroom.client.conformance;

/**
 * Who said what: all of a pair that a server MUST keep. How it writes the two headers is not part
 * of it (P-15).
 */
record Said(Bytes name, Bytes message) {

  @Override
  public String toString() {
    return name + ": " + message;
  }
}
