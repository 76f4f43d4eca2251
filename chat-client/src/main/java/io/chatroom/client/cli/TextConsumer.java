package io.chatroom.client.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Takes the next word as the value of an option, even if it looks like an option: {@code --message
 * --help} sends {@code --help}. Picocli would take it for an option, even in {@code
 * --message=--help}.
 */
final class TextConsumer implements IParameterConsumer {

  @Override
  @SuppressWarnings("JdkObsolete") // picocli has a Stack
  public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
    if (words.isEmpty()) {
      throw new MissingParameterException(
          command.commandLine(),
          option,
          "Missing required parameter for option '%s' (%s)"
              .formatted(((OptionSpec) option).longestName(), option.paramLabel()));
    }
    String text = words.pop();
    if (!option.typeInfo().isMultiValue()) {
      option.setValue(text);
      return;
    }
    List<String> texts = option.getValue();
    List<String> all = texts == null ? new ArrayList<>() : texts;
    all.add(text);
    option.setValue(all);
  }
}
