package io.chatroom.client.chat;

import io.chatroom.protocol.session.FromServer;
import org.jspecify.annotations.Nullable;

/** Marks names whose authors have not proved that they own them. Pure functions, for any thread. */
public final class Unproven {

  /** The mark in front of such a name, where its author cannot put anything. */
  private static final String MARK = "?";

  private Unproven() {}

  /**
   * The mark in front of a name, or nothing.
   *
   * @param areNamesOwned whether names can be owned on this server; otherwise a mark means nothing
   * @param owned whether its author has proved to own it
   */
  static String mark(boolean areNamesOwned, boolean owned) {
    return areNamesOwned && !owned ? MARK : "";
  }

  /** The same for a name on a server; no mark before its welcome. */
  public static String mark(FromServer.@Nullable Welcome welcome, boolean owned) {
    return mark(welcome != null && areNamesOwned(welcome), owned);
  }

  static boolean areNamesOwned(FromServer.Welcome welcome) {
    return welcome.features().contains("claim");
  }
}
