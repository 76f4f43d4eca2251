package io.chatroom.server.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The origins whose pages may open a WebSocket (S-06) or use the API, besides the server's own.
 * Immutable.
 *
 * @param others each as a browser sends it: scheme, host in lower case, and a port unless it is the
 *     scheme's default
 */
public record Origins(Set<String> others) {

  /** The format of a value, for error messages. */
  public static final String EXPECTED =
      "off, or origins like https://chat.example.com with commas between them";

  private static final Pattern COMMA = Pattern.compile(",");

  /** Copies the set. */
  public Origins {
    others = Set.copyOf(others);
  }

  /** Reads a value; null if it is invalid. */
  public static @Nullable Origins parse(String text) {
    Set<String> others = new LinkedHashSet<>();
    if (!text.equalsIgnoreCase("off")) {
      for (String each : COMMA.split(text, -1)) {
        String origin = normal(each.strip());
        if (origin == null) {
          return null;
        }
        others.add(origin);
      }
    }
    return new Origins(others);
  }

  /**
   * Returns true if a request may be made from the page that sends it.
   *
   * @param origins the values of the {@code Origin} header, in which browsers name the page; empty
   *     if the client is not a browser
   * @param hosts the values of the {@code Host} header, the server's name in the request
   */
  public boolean allow(List<String> origins, List<String> hosts) {
    if (origins.isEmpty()) {
      return true;
    }
    String origin = origins.size() == 1 ? normal(origins.get(0)) : null;
    return origin != null && (others.contains(origin) || ownOf(hosts).contains(origin));
  }

  /** The server's own origins, with both schemes, as a proxy may terminate TLS. */
  private static List<String> ownOf(List<String> hosts) {
    List<String> own = new ArrayList<>();
    if (hosts.size() == 1) {
      for (String scheme : List.of("http", "https")) {
        String origin = normal(scheme + "://" + hosts.get(0));
        if (origin != null) {
          own.add(origin);
        }
      }
    }
    return own;
  }

  private static @Nullable String normal(String origin) {
    URI uri;
    try {
      uri = new URI(origin);
    } catch (URISyntaxException e) {
      return null;
    }
    if (uri.getHost() == null
        || uri.getScheme() == null
        || uri.getRawUserInfo() != null
        || !uri.getRawPath().isEmpty()
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return null;
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return null;
    }
    int usual = scheme.equals("http") ? 80 : 443;
    String port = uri.getPort() == -1 || uri.getPort() == usual ? "" : ":" + uri.getPort();
    return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
  }
}
