package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the author of a bot sees has Javadoc, and each type says what threads may do with it. The
 * compiler checks that the Javadoc is well-formed.
 */
class PublicApiTest {

  private static final Path CLIENT = Path.of("src/main/java/io/chatroom/client");
  private static final Path PROTOCOL =
      Path.of("../chat-protocol/src/main/java/io/chatroom/protocol");
  private static final Path SESSION = PROTOCOL.resolve("session");

  /** The types that the client accepts or returns, or refers its users to. */
  private static final List<String> EXPOSED =
      List.of(
          "ChatMessage",
          "Limits",
          "VisibleText",
          "ProtocolException",
          "Violation",
          "FromClient",
          "FromServer",
          "Entry",
          "Position",
          "RoomName",
          "Code",
          "Do");

  private static final Set<String> IMPLICIT =
      Set.of("values", "valueOf", "equals", "hashCode", "toString");

  private static final List<String> SEEN = new ArrayList<>();
  private static final List<String> WITHOUT_JAVADOC = new ArrayList<>();
  private static final List<String> SILENT_ON_THREADS = new ArrayList<>();

  @BeforeAll
  static void readTheSources() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources = new ArrayList<>(javaFilesIn(CLIENT));
      sources.addAll(javaFilesIn(PROTOCOL));
      sources.addAll(javaFilesIn(SESSION));
      JavaCompiler.CompilationTask task =
          compiler.getTask(
              null,
              files,
              null,
              List.of("-proc:only", "-cp", System.getProperty("java.class.path")),
              null,
              files.getJavaFileObjectsFromPaths(sources));
      task.setProcessors(List.of(new Reader()));
      assertThat(task.call()).isTrue();
    }
  }

  @Test
  void everythingPublicHasJavadoc() {
    assertThat(SEEN)
        .contains("io.chatroom.client.ChatClient", "io.chatroom.protocol.ChatMessage")
        .contains("io.chatroom.client.ChatClient.Builder", "io.chatroom.client.SessionClient")
        .contains("io.chatroom.protocol.session.FromServer.Message");
    assertThat(WITHOUT_JAVADOC).isEmpty();
  }

  @Test
  void everyTypeSaysWhatThreadsMayDoWithIt() {
    assertThat(SILENT_ON_THREADS).isEmpty();
  }

  private static List<Path> javaFilesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  @SupportedAnnotationTypes("*")
  private static final class Reader extends AbstractProcessor {

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      for (Element root : round.getRootElements()) {
        if (root.toString().startsWith("io.chatroom.client.")
            || EXPOSED.contains(root.getSimpleName().toString())) {
          read(root);
        }
      }
      return false;
    }

    private void read(Element element) {
      boolean visible =
          element.getModifiers().contains(Modifier.PUBLIC)
              || element.getModifiers().contains(Modifier.PROTECTED);
      if (!visible || inherits(element)) {
        return;
      }
      SEEN.add(element.toString());
      String doc = processingEnv.getElementUtils().getDocComment(element);
      if (doc == null) {
        WITHOUT_JAVADOC.add(element.getEnclosingElement() + "." + element);
      }
      if (element.getKind().isClass() || element.getKind().isInterface()) {
        if (doc == null || !doc.contains("thread")) {
          SILENT_ON_THREADS.add(element.toString());
        }
        element.getEnclosedElements().stream()
            .filter(member -> !isImplicit(member, element))
            .forEach(this::read);
      }
    }

    private static boolean inherits(Element element) {
      return element.getAnnotation(Override.class) != null;
    }

    /** Members that the compiler adds to records and enums, and those of every object. */
    private static boolean isImplicit(Element member, Element type) {
      return member.getKind() == ElementKind.RECORD_COMPONENT
          || (member.getKind() == ElementKind.CONSTRUCTOR && type.getKind() == ElementKind.RECORD)
          || IMPLICIT.contains(member.getSimpleName().toString())
          || type.getEnclosedElements().stream()
              .filter(other -> other.getKind() == ElementKind.RECORD_COMPONENT)
              .anyMatch(component -> component.getSimpleName().equals(member.getSimpleName()));
    }
  }
}
