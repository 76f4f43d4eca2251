package io.chatroom.client.chat;

/** The line about a message that may not have arrived. */
public final class InDoubt {

  /** The longest quote; enough to recognise a message. */
  private static final int SHOWN_CHARS = 200;

  private InDoubt() {}

  /** The line for one message, not yet safe to show. */
  public static String sentence(String text) {
    return "this was sent, but may not have arrived: " + excerpt(text);
  }

  /** The line for a message that the server refused, not yet safe to show. */
  public static String refusal(String text, String reason) {
    return "the server refused this message, \"" + reason + "\": " + excerpt(text);
  }

  private static String excerpt(String text) {
    if (text.length() <= SHOWN_CHARS) {
      return text;
    }
    boolean splits = Character.isHighSurrogate(text.charAt(SHOWN_CHARS - 1));
    String shown = text.substring(0, splits ? SHOWN_CHARS - 1 : SHOWN_CHARS);
    return shown + "… (" + text.length() + " characters)";
  }
}
