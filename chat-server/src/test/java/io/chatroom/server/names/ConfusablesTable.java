package io.chatroom.server.names;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import com.ibm.icu.util.VersionInfo;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Generates the table that {@link Skeleton} reads from ICU4J's data. {@link SkeletonTest} fails if
 * the table in the resources differs, and explains how to write it.
 */
final class ConfusablesTable {

  static final Path FILE =
      Path.of("src/main/resources/io/chatroom/server/names/confusables.txt").toAbsolutePath();

  private static final SpoofChecker ICU = new SpoofChecker.Builder().build();

  /** The characters that the oldest supported Java decomposes. */
  private static final VersionInfo OF_JAVA_17 = VersionInfo.UNICODE_13_0;

  private ConfusablesTable() {}

  /** The skeleton according to ICU4J. */
  static String skeleton(String text) {
    return ICU.getSkeleton(text);
  }

  static String text() {
    Map<String, StringBuilder> lines = new TreeMap<>();
    @Nullable String runTarget = null;
    int runFirst = 0;
    for (int point = 0; point <= Character.MAX_CODE_POINT + 1; point++) {
      @Nullable String target = point > Character.MAX_CODE_POINT ? null : target(point);
      if (runTarget != null && !runTarget.equals(target)) {
        String run = hex(runFirst) + (runFirst == point - 1 ? "" : "-" + hex(point - 1));
        lines.computeIfAbsent(runTarget, ConfusablesTable::begin).append(run).append(' ');
      }
      if (runTarget == null || !runTarget.equals(target)) {
        runFirst = point;
      }
      runTarget = target;
    }
    return lines.values().stream()
        .map(line -> line.toString().stripTrailing())
        .collect(
            Collectors.joining(
                "\n",
                """
                # Characters that look alike, of Unicode %d; SkeletonTest says how this is made.
                # Copyright Unicode, Inc.; see META-INF/unicode-LICENSE.
                # What they look like, a colon, and who looks so. Without the first, it is invisible.
                """
                    .formatted(UCharacter.getUnicodeVersion().getMajor()),
                "\n"));
  }

  /** The prototype of a character, unless decomposing it gives the same. */
  private static @Nullable String target(int point) {
    if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      return null;
    }
    String text = Character.toString(point);
    String skeleton = skeleton(text);
    boolean whole =
        Normalizer2.getNFDInstance().isNormalized(text)
            || UCharacter.getAge(point).compareTo(OF_JAVA_17) > 0
            || UCharacter.hasBinaryProperty(point, UProperty.DEFAULT_IGNORABLE_CODE_POINT);
    return whole && !skeleton.equals(text) ? skeleton : null;
  }

  private static StringBuilder begin(String target) {
    String points =
        target.codePoints().mapToObj(ConfusablesTable::hex).collect(Collectors.joining(" "));
    return new StringBuilder(points).append(':');
  }

  private static String hex(int point) {
    return Integer.toHexString(point).toUpperCase(Locale.ROOT);
  }
}
