package io.chatroom.server.facts;

import org.junit.jupiter.api.AfterEach;

/** Facts that servers in one JVM share. */
class FactsHubTest extends SharedFactsContract {

  private final FactsHub hub = new FactsHub();
  private final Facts facts = hub.server();

  @AfterEach
  void close() {
    hub.close();
  }

  @Override
  protected Facts facts() {
    return facts;
  }

  @Override
  protected Facts ofAnotherServer() {
    return hub.server();
  }

  @Override
  protected void deafen() {
    hub.hold();
  }
}
