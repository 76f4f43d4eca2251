package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All cases for PROTOCOL.md, in the order of the report, and selection by id. */
public final class Cases {

  private static final List<Case> ALL =
      Stream.of(
              RoomCases.all(),
              FrameCases.all(),
              SizeCases.all(),
              RegistrationCases.all(),
              RelayCases.all(),
              LoadCases.all(),
              SlowMemberCases.all(),
              LeavingCases.all(),
              ViolationCases.all())
          .flatMap(List::stream)
          .toList();

  private Cases() {}

  static List<Case> all() {
    return ALL;
  }

  /**
   * Selects cases by id. The first parts of an id ({@code relay}, {@code violation.utf8}) select
   * every case that begins with them.
   *
   * @throws IllegalArgumentException if an id matches no case; the message names the nearest id
   */
  static List<Case> only(List<String> ids) {
    return only(ALL, ids);
  }

  /** Selects cases from {@code all} by id or first parts, in the order of {@code all}. */
  public static List<Case> only(List<Case> all, List<String> ids) {
    List<Case> chosen = new ArrayList<>();
    for (String id : ids) {
      List<Case> matching =
          all.stream()
              .filter(each -> each.id().equals(id) || each.id().startsWith(id + "."))
              .toList();
      if (matching.isEmpty()) {
        throw new IllegalArgumentException(
            "there is no case \"%s\"; the nearest is %s (--list shows them all)"
                .formatted(id, nearest(all, id)));
      }
      chosen.addAll(matching);
    }
    return all.stream().filter(chosen::contains).toList();
  }

  private static String nearest(List<Case> all, String id) {
    return all.stream()
        .flatMap(each -> prefixes(each.id()))
        .distinct()
        .min(Comparator.comparingInt(known -> distance(id, known)))
        .orElseThrow();
  }

  private static Stream<String> prefixes(String id) {
    Stream.Builder<String> prefixes = Stream.builder();
    for (int dot = id.indexOf('.'); dot >= 0; dot = id.indexOf('.', dot + 1)) {
      prefixes.add(id.substring(0, dot));
    }
    return prefixes.add(id).build();
  }

  /** Levenshtein distance. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
