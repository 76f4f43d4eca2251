package io.chatroom.server.log.shared;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGProperty;

/**
 * Masks a mistyped database address for an error message. A mistake can turn any part of the
 * address into a piece of the password, so only parts that cannot be one are shown.
 */
final class MaskedAddress {

  private static final String HIDDEN = "***";

  /** The slashes are required: {@code postgres:} alone may be a user, followed by a password. */
  private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?[A-Za-z][A-Za-z0-9+.-]*://");

  private static final Pattern USER = Pattern.compile("([A-Za-z0-9_.%+-]*)(:.*)?", Pattern.DOTALL);

  /** Hosts with ports, and the database. A colon that does not begin a port ends the match. */
  private static final Pattern PLACE =
      Pattern.compile("(?:\\[[0-9a-fA-F:.%]*]|:[0-9]{1,5}(?=[,/]|$)|[^:=\\[]++)*+");

  private static final Pattern OPTION = Pattern.compile("([A-Za-z]+)=([^&]*)&?");

  private MaskedAddress() {}

  static String of(String text) {
    Matcher scheme = SCHEME.matcher(text);
    String start = scheme.lookingAt() ? scheme.group() : "";
    int query = text.indexOf('?', start.length());
    String head = text.substring(start.length(), query < 0 ? text.length() : query);
    String options = query < 0 ? null : text.substring(query + 1);
    int at = head.lastIndexOf('@');
    if (at >= 0) {
      start += (start.isEmpty() ? HIDDEN : user(head.substring(0, at))) + "@";
    } else if (options != null && options.contains("@")) {
      return start + user(head) + "?" + HIDDEN; // the password contains the question mark
    }
    return start + place(head.substring(at + 1)) + (options == null ? "" : "?" + options(options));
  }

  private static String user(String text) {
    Matcher user = USER.matcher(text);
    if (!user.matches()) {
      return HIDDEN;
    }
    return user.group(2) == null ? user.group(1) : user.group(1) + ":" + HIDDEN;
  }

  private static String place(String text) {
    Matcher place = PLACE.matcher(text);
    return place.lookingAt() && place.end() < text.length()
        ? text.substring(0, place.end() + 1) + HIDDEN
        : text;
  }

  /** Shows options up to the first that the driver does not know: the rest may be anything. */
  private static String options(String text) {
    StringBuilder shown = new StringBuilder();
    Matcher option = OPTION.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!option.find(end) || option.start() != end) {
        return shown.append(HIDDEN).toString();
      }
      String name = option.group(1);
      if (PGProperty.forName(name) == null || name.toLowerCase(Locale.ROOT).contains("pass")) {
        return shown.append(name).append('=').append(HIDDEN).toString();
      }
      shown.append(option.group());
      end = option.end();
    }
    return shown.toString();
  }
}
