package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the cases with the requirements of SESSIONS.md. */
class SessionCasesTest {

  private static final String CLIENT = "a requirement on clients";
  private static final String HTTP = "HTTP beyond /ws: the kit sends no such requests";

  /** Why a requirement has no case. */
  private static final Map<String, String> NOT_JUDGED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("S-07", "the kit has no TLS"),
              Map.entry("S-39", "tokens of bots: the kit creates none"),
              Map.entry(
                  "S-57", "that a server sends something too early shows only when it is killed"),
              Map.entry("S-63", CLIENT),
              Map.entry("S-64", "MAY and SHOULD, after 3 times pingSeconds"),
              Map.entry("S-70", CLIENT),
              Map.entry("S-71", CLIENT),
              Map.entry("S-72", CLIENT),
              Map.entry("S-73", CLIENT),
              Map.entry("S-74", CLIENT),
              Map.entry("S-75", CLIENT),
              Map.entry("S-80", HTTP),
              Map.entry("S-90", HTTP),
              Map.entry("S-91", HTTP),
              Map.entry("S-92", HTTP),
              Map.entry("S-93", HTTP),
              Map.entry("S-94", HTTP),
              Map.entry("S-95", HTTP),
              Map.entry("S-96", HTTP),
              Map.entry("S-97", HTTP),
              Map.entry("S-98", HTTP)));

  private static final List<Case> ALL = SessionCases.all(SessionReference.KNOWN);

  @Test
  void everyRequirementHasCaseOrReason() throws IOException {
    Set<String> numbers = new TreeSet<>(NOT_JUDGED.keySet());
    ALL.forEach(each -> numbers.addAll(each.requirements()));
    assertThat(numbers).isEqualTo(numbersInPage()).hasSizeGreaterThan(50);
  }

  @Test
  void requirementWithCaseHasNoReason() {
    assertThat(ALL.stream().flatMap(each -> each.requirements().stream()))
        .doesNotContainAnyElementsOf(NOT_JUDGED.keySet());
  }

  /** A requirement is a paragraph that begins with a number in bold. */
  private static Set<String> numbersInPage() throws IOException {
    Set<String> numbers = new TreeSet<>();
    var matcher =
        Pattern.compile("(?m)^\\*\\*(S-\\d\\d)\\*\\*")
            .matcher(Files.readString(root().resolve("chat-protocol/SESSIONS.md")));
    while (matcher.find()) {
      numbers.add(matcher.group(1));
    }
    return numbers;
  }

  private static Path root() {
    return Files.exists(Path.of("../chat-protocol")) ? Path.of("..") : Path.of("");
  }

  @Test
  void documentGivesNumberOfCases() throws IOException {
    long withoutStop = SessionCases.all(new SessionServer("lobby", null)).size();
    assertThat(Files.readString(root().resolve("docs/conformance.md")))
        .contains("runs " + withoutStop + " cases over TCP and WebSocket")
        .doesNotContain("runs " + ALL.size() + " cases over");
  }

  @Test
  void idsAreUniqueAndEndWithTheirCarrier() {
    assertThat(ALL)
        .extracting(Case::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[a-z]+(-[a-z]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+\\.(tcp|ws)"));
  }

  @Test
  void sentencesNameTheirLevel() {
    assertThat(ALL)
        .allMatch(each -> each.sentence().contains(each.level().name()))
        .allMatch(each -> each.sentence().endsWith("."));
  }

  @Test
  void stopIsJudgedOnlyWithStopCommand() {
    assertThat(Cases.only(ALL, List.of("drain"))).hasSize(1);
    List<Case> without = SessionCases.all(new SessionServer("lobby", null));
    assertThatThrownBy(() -> Cases.only(without, List.of("drain")))
        .hasMessageContaining("there is no case \"drain\"");
  }
}
