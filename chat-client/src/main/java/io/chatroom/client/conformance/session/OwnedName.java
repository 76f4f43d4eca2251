package io.chatroom.client.conformance.session;

/** A name that one case has claimed for all cases; its own lock guards it. */
final class OwnedName {

  private String name = "";
  private String token = "";

  synchronized boolean isClaimed() {
    return !token.isEmpty();
  }

  synchronized void claimed(String as, String proof) {
    name = as;
    token = proof;
  }

  synchronized String name() {
    return name;
  }

  synchronized String token() {
    return token;
  }
}
