package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the cases with the requirements of PROTOCOL.md. */
class CasesTest {

  @Test
  void everyRequirementHasCaseAndEveryCaseRequirement() throws IOException {
    assertThat(numbersInCases()).isEqualTo(numbersInProtocol()).hasSizeGreaterThanOrEqualTo(25);
  }

  private static Set<String> numbersInCases() {
    Set<String> numbers = new TreeSet<>();
    Cases.all().forEach(each -> numbers.addAll(each.requirements()));
    return numbers;
  }

  /** A requirement is a paragraph that begins with a number in bold. */
  private static Set<String> numbersInProtocol() throws IOException {
    Set<String> numbers = new TreeSet<>();
    var matcher =
        Pattern.compile("(?m)^\\*\\*(P-\\d\\d)\\*\\*").matcher(Files.readString(protocol()));
    while (matcher.find()) {
      numbers.add(matcher.group(1));
    }
    return numbers;
  }

  private static Path protocol() {
    return root().resolve("chat-protocol/PROTOCOL.md");
  }

  private static Path root() {
    return Files.exists(Path.of("../chat-protocol")) ? Path.of("..") : Path.of("");
  }

  @Test
  void documentGivesNumberOfCases() throws IOException {
    assertThat(Files.readString(root().resolve("docs/conformance.md")))
        .contains("runs " + Cases.all().size() + " cases against any server");
  }

  @Test
  void idsAreUniqueAndOfOneForm() {
    assertThat(Cases.all())
        .extracting(Case::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[a-z]+(\\.[a-z0-9]+(-[a-z0-9]+)*)+"));
  }

  @Test
  void sentencesNameTheirLevel() {
    assertThat(Cases.all())
        .allMatch(each -> each.sentence().contains(each.level().name()))
        .allMatch(each -> each.sentence().endsWith("."));
  }

  @Test
  void firstPartsOfIdSelectAllThatBeginWithThem() {
    assertThat(Cases.only(List.of("relay.no-reply", "violation.length", "relay.no-reply")))
        .extracting(Case::id)
        .containsExactly(
            "relay.no-reply",
            "violation.length.name",
            "violation.length.message",
            "violation.length.wraps-32-bits",
            "violation.length.wraps-negative");
  }

  @Test
  void unknownIdIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Cases.only(List.of("relay.exclude-sender")))
        .hasMessage(
            "there is no case \"relay.exclude-sender\"; the nearest is relay.excludes-sender"
                + " (--list shows them all)");
    assertThatThrownBy(() -> Cases.only(List.of("rel"))).hasMessageContaining("nearest is relay");
  }
}
