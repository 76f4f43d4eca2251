package io.chatroom.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks a text against the rules of OpenMetrics 1.0 that scrapers insist on. */
final class OpenMetrics {

  private static final Pattern METADATA =
      Pattern.compile("# (TYPE|HELP|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(?:\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\[n\"\\\\])*\",?)*\\})?"
              + " (-?[0-9.]+(?:[eE][-+]?[0-9]+)?|[-+]Inf|NaN)(?: [0-9.]+)?");

  /** The suffixes that a sample's name can have, by the type of its family. */
  private static final Map<String, Set<String>> SUFFIXES =
      Map.of(
          "counter", Set.of("_total", "_created"),
          "gauge", Set.of(""),
          "info", Set.of("_info"),
          "histogram", Set.of("_bucket", "_sum", "_count", "_created"),
          "summary", Set.of("", "_sum", "_count", "_created"),
          "unknown", Set.of(""));

  private OpenMetrics() {}

  /** One sentence for each violation. */
  static List<String> mistakes(String text) {
    List<String> mistakes = new ArrayList<>();
    if (!text.endsWith("\n# EOF\n") || text.indexOf("# EOF") != text.lastIndexOf("# EOF")) {
      mistakes.add("the end is not \"# EOF\"");
    }
    Map<String, String> types = new HashMap<>();
    Set<String> over = new HashSet<>();
    String family = "";
    for (String line : text.lines().filter(each -> !each.equals("# EOF")).toList()) {
      Matcher metadata = METADATA.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (metadata.matches()) {
        if (!metadata.group(2).equals(family)) {
          over.add(family);
          family = metadata.group(2);
        }
        if (over.contains(family)) {
          mistakes.add("a family stands in two places: " + line);
        }
        if (metadata.group(1).equals("TYPE")) {
          types.put(family, metadata.group(3));
        } else if (metadata.group(1).equals("UNIT") && !family.endsWith("_" + metadata.group(3))) {
          mistakes.add("a name does not end with its unit: " + line);
        }
      } else if (!sample.matches()) {
        mistakes.add("this is no line of OpenMetrics: " + line);
      } else if (!belongs(sample.group(1), family, types.getOrDefault(family, "unknown"))) {
        mistakes.add("a sample does not belong to the family before it: " + line);
      }
    }
    return mistakes;
  }

  private static boolean belongs(String name, String family, String type) {
    return name.startsWith(family)
        && SUFFIXES.getOrDefault(type, Set.of()).contains(name.substring(family.length()));
  }
}
