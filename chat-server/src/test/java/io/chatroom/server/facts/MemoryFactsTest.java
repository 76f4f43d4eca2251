package io.chatroom.server.facts;

/** Facts in memory. */
class MemoryFactsTest extends FactsContract {

  private final Facts facts = new MemoryFacts();

  @Override
  protected Facts facts() {
    return facts;
  }
}
