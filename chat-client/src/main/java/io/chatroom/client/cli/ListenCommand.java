package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatListener;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.terminal.JsonPrinter;
import io.chatroom.client.terminal.MessagePrinter;
import io.chatroom.client.terminal.NameColours;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.client.terminal.TextPrinter;
import io.chatroom.protocol.ChatMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code listen}: shows what is said in the room until the server goes away. */
@Command(
    name = "listen",
    description = {
      "Print what is said in the room, a line for each message: NAME:    MESSAGE",
      "",
      "Characters that would steer a terminal are shown, not obeyed; output is UTF-8."
    },
    exitCodeList = {
      "0:the reader of the output has gone",
      "1:the server has gone, or there was no connection",
      "2:the command line was wrong"
    })
final class ListenCommand implements Callable<Integer> {

  private final Stdio stdio;
  private final Map<String, String> environment;

  @Mixin private final ServerParameter server = new ServerParameter();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to register as. Default: ${DEFAULT-VALUE}.")
  private String name = "msg_screen";

  @Option(
      names = "--json",
      description =
          "Print a JSON object for each message instead, with name, text and at (when it arrived).")
  private boolean json;

  @Option(
      names = "--no-color",
      description = "Do not colour names; nor does it when NO_COLOR is set, or into a pipe.")
  private boolean noColor;

  ListenCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    ServerAddress address = server.address(environment);
    try (ChatClient client = ChatClient.connect(address, name, printTo(printer()))) {
      Await.result(client.closed());
      stdio.complain("connection is gone");
      return 1;
    } catch (IOException e) {
      if (e.getCause() instanceof UncheckedIOException output) {
        return outputFailed(output);
      }
      throw e;
    }
  }

  private MessagePrinter printer() {
    if (json) {
      return new JsonPrinter(stdio.out(), InstantSource.system());
    }
    return new TextPrinter(
        stdio.out(), noColor ? NameColours.NONE : NameColours.of(stdio, environment));
  }

  /** Each message is shown at once, but a flood is not flushed line by line. */
  private static ChatListener printTo(MessagePrinter printer) {
    return new ChatListener() {
      @Override
      public void onMessage(ChatClient client, ChatMessage message) {
        try {
          printer.print(message);
        } catch (IOException e) {
          throw new UncheckedIOException(e.getMessage(), e);
        }
      }

      @Override
      public void onPause() {
        try {
          printer.flush();
        } catch (IOException e) {
          throw new UncheckedIOException(e.getMessage(), e);
        }
      }
    };
  }

  /** A reader that has seen enough, such as {@code head}, is no error. */
  private int outputFailed(UncheckedIOException failure) {
    String reason = String.valueOf(failure.getMessage());
    if (reason.toLowerCase(Locale.ROOT).contains("pipe")) {
      return 0;
    }
    stdio.complain("cannot write the output: " + reason);
    return 1;
  }
}
