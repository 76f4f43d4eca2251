package io.chatroom.client.chat;

import io.chatroom.protocol.session.FromServer;
import org.jspecify.annotations.Nullable;

/** Tells names that their speakers have not shown to be theirs. Pure functions, for any thread. */
public final class Unproven {

  /**
   * What stands in front of such a name. It is in front, because a name can end in whatever its
   * speaker likes, and cannot begin before itself.
   */
  private static final String MARK = "?";

  private Unproven() {}

  /**
   * The mark in front of a name, or nothing.
   *
   * @param areNamesOwned whether names can belong to somebody on this server; a mark tells nothing
   *     where they cannot
   * @param owned whether its speaker has shown that it is theirs
   */
  static String mark(boolean areNamesOwned, boolean owned) {
    return areNamesOwned && !owned ? MARK : "";
  }

  /** The same for somebody whom a server has told of; nothing before its welcome. */
  public static String mark(FromServer.@Nullable Welcome welcome, boolean owned) {
    return mark(welcome != null && areNamesOwned(welcome), owned);
  }

  static boolean areNamesOwned(FromServer.Welcome welcome) {
    return welcome.features().contains("claim");
  }
}
