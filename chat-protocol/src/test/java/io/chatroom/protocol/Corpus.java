package io.chatroom.protocol;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The inputs that a fuzz test starts from, and those that once broke something: the files below the
 * directory {@code XInputs} beside the class {@code X} among the test resources, where the fuzzer
 * looks for them too. An ordinary build runs them as ordinary tests, without the fuzzer.
 */
public final class Corpus implements ArgumentsProvider {

  @Override
  public Stream<Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context)
      throws IOException, URISyntaxException {
    Class<?> test = context.getRequiredTestClass();
    var directory = test.getResource(test.getSimpleName() + "Inputs");
    if (directory == null) {
      throw new IOException("no corpus for " + test);
    }
    List<Arguments> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(directory.toURI()))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        inputs.add(Arguments.of(file.getFileName().toString(), Files.readAllBytes(file)));
      }
    }
    return inputs.stream();
  }
}
