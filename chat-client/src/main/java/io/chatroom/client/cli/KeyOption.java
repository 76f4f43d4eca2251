package io.chatroom.client.cli;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.Home;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The access key for a closed server, in a file, because command lines are visible to other users.
 */
final class KeyOption {

  static final String VARIABLE = "CHAT_KEY_FILE";

  private static final int MOST_BYTES = 64 * 1024;
  private static final int LONGEST_KEY = 256;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "The file with the access key of a closed server: the first word of the first line that"
              + " does not begin with #. Default: the environment's "
              + VARIABLE
              + ".")
  private @Nullable Path file;

  /** Whether the command line names a file. */
  boolean isGiven() {
    return file != null;
  }

  /**
   * The key, or null if there is none.
   *
   * @throws ParameterException if the file contains none
   * @throws IOException if it cannot be read; the message is one sentence
   */
  @Nullable String key(Map<String, String> environment) throws IOException {
    Path from = file;
    String variable = environment.getOrDefault(VARIABLE, "");
    if (from == null && !variable.isEmpty()) {
      from = Home.path(variable);
    }
    if (from == null) {
      return null;
    }
    String shown = VisibleText.of(NativePath.show(from));
    String text;
    try (InputStream in = Files.newInputStream(from)) {
      text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IOException("cannot read the key in " + shown + ": " + FileTrouble.reason(e), e);
    }
    String key =
        text.lines()
            .map(line -> line.replace("\uFEFF", "").strip())
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(line -> line.replaceFirst("\\s.*", ""))
            .findFirst()
            .orElse("");
    if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
      throw new ParameterException(
          command.commandLine(),
          shown + " has no key, expected one of 1 to " + LONGEST_KEY + " bytes on its first line");
    }
    return key;
  }
}
