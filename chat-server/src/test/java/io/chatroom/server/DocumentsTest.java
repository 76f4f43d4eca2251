package io.chatroom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documents lead where they say: files, headings, tests; and the README is short. */
class DocumentsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|href)=\"([^\"]+)\"");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:#(\\w+))?`");
  private static final Pattern PACKAGE =
      Pattern.compile("(?m)^ {4}(?:chat-\\w+/)? +(io\\.chatroom\\.\\w+|\\.[a-z.]+) {2,}\\w");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");

  /** Each document with the text outside of its blocks of code. */
  private static final Map<Path, String> DOCUMENTS = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String place : List.of("", "chat-protocol", "chat-server", "chat-client", "docker")) {
      try (Stream<Path> files = Files.list(ROOT.resolve(place))) {
        files.forEach(found::add);
      }
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.forEach(found::add);
    }
    for (Path file : found) {
      if (file.toString().endsWith(".md")) {
        DOCUMENTS.put(file.normalize(), BLOCK.matcher(Files.readString(file)).replaceAll(""));
      }
    }
  }

  @Test
  void linksLeadToFilesAndHeadings() {
    List<String> broken = new ArrayList<>();
    DOCUMENTS.forEach(
        (document, text) -> {
          for (String link : links(text)) {
            int hash = link.indexOf('#');
            String path = hash < 0 ? link : link.substring(0, hash);
            Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
            if (!Files.exists(target)
                || (hash >= 0 && !headings(target).contains(link.substring(hash + 1)))) {
              broken.add(document + ": " + link);
            }
          }
        });
    assertThat(broken).isEmpty();
  }

  @Test
  void theTestsThatTheyNameExist() throws IOException {
    Map<String, List<Path>> tests; // two modules may have one of the same name
    try (Stream<Path> files = Files.walk(ROOT)) {
      tests =
          files
              .filter(file -> file.toString().matches(".*/src/test/.*(Test|IT)\\.java"))
              .collect(
                  Collectors.groupingBy(
                      file -> file.getFileName().toString().replace(".java", "")));
    }
    for (String text : DOCUMENTS.values()) {
      for (MatchResult named : TEST.matcher(text).results().toList()) {
        assertThat(tests).containsKey(named.group(1));
        if (named.group(2) != null) { // a method, or a rule of ArchUnit
          Pattern declared =
              Pattern.compile("void " + named.group(2) + "\\(|ArchRule " + named.group(2) + " =");
          assertThat(tests.get(named.group(1)))
              .as(named.group())
              .anySatisfy(file -> assertThat(file).content().containsPattern(declared));
        }
      }
    }
  }

  @Test
  void theReadmeIsShortAndLeadsToEveryPage() throws IOException {
    Path readme = ROOT.resolve("README.md");
    assertThat(Files.readAllLines(readme)).hasSizeLessThanOrEqualTo(130);

    List<Path> linked =
        links(Files.readString(readme)).stream()
            .map(link -> readme.resolveSibling(link.replaceFirst("#.*", "")).normalize())
            .toList();
    assertThat(linked)
        .containsAll(
            DOCUMENTS.keySet().stream()
                .filter(page -> !page.startsWith("../docs/decisions"))
                .filter(page -> !page.endsWith("README.md"))
                .toList());
  }

  @Test
  void theListOfDecisionsHasThemAll() {
    Path list = Path.of("../docs/decisions/README.md");
    assertThat(links(DOCUMENTS.getOrDefault(list, "")))
        .containsExactlyInAnyOrderElementsOf(
            DOCUMENTS.keySet().stream()
                .filter(page -> page.startsWith("../docs/decisions"))
                .filter(page -> !page.equals(list))
                .map(page -> page.getFileName().toString())
                .toList());
  }

  @Test
  void theArchitectureHasEveryPackage() throws IOException {
    Set<String> listed = new TreeSet<>();
    String module = "";
    for (MatchResult line :
        PACKAGE
            .matcher(DOCUMENTS.getOrDefault(Path.of("../docs/architecture.md"), ""))
            .results()
            .toList()) {
      module = line.group(1).startsWith(".") ? module : line.group(1);
      listed.add(line.group(1).startsWith(".") ? module + line.group(1) : module);
    }
    Set<String> packages = new TreeSet<>();
    for (String of : List.of("chat-protocol", "chat-server", "chat-client")) {
      Path sources = ROOT.resolve(of).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.endsWith("package-info.java"))
            .map(file -> sources.relativize(file.resolveSibling("")).toString().replace('/', '.'))
            .forEach(packages::add);
      }
    }
    assertThat(listed).isEqualTo(packages);
  }

  private static List<String> links(String text) {
    return LINK.matcher(text)
        .results()
        .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
        .filter(link -> !link.matches("https?:.*"))
        .toList();
  }

  /** As GitHub makes them: lower case, spaces become hyphens, punctuation goes. */
  private static Set<String> headings(Path document) {
    return DOCUMENTS
        .getOrDefault(document, "")
        .lines()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ +", "").replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(title -> title.strip().toLowerCase(Locale.ROOT).replace(' ', '-'))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N}_-]", ""))
        .collect(Collectors.toSet());
  }
}
