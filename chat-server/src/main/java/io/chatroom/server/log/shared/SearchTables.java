package io.chatroom.server.log.shared;

import java.util.List;

/** What a search in a shared store needs. */
final class SearchTables {

  static final List<String> VERSION_1 = List.of();

  private SearchTables() {}
}
