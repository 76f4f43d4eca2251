package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.terminal.LineInput;
import io.chatroom.client.terminal.Prompt;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.Limits;
import io.chatroom.system.Output;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code send}: says what is typed, piped in, or given on the command line.
 *
 * <p>Input is read on a thread of its own, because nothing can interrupt a read from a terminal:
 * when the server goes away, the command ends without waiting for the next Enter.
 */
@Command(
    name = "send",
    description = {
      "Say something in the room: each line of the input is a message. Empty lines are skipped.",
      "",
      "At a terminal it asks for the name and for each line; from a pipe it asks nothing. Input is"
          + " UTF-8, and a line that is not, or has more than 65536 bytes, is refused: from a pipe it"
          + " ends the command after what came before it was sent, with exit code 1."
    },
    exitCodeList = {
      "0:everything was handed to the server, and the connection closed in order (a server that does"
          + " not close its side is given 2 s, and more after megabytes)",
      "1:something was not, because it is too long or not UTF-8, or because the server has gone, or"
          + " there was no connection (a server also closes on a name or a message that is too long for"
          + " it), or what answers is no chat server; on Linux each message that the server's system has"
          + " not acknowledged is named",
      "2:the command line was wrong"
    })
final class SendCommand implements Callable<Integer> {

  static final String NAME_VARIABLE = "CHAT_NAME";

  /** How much may be on its way before the next line is read, in characters. */
  private static final int WINDOW_CHARS = 64 * 1024;

  /** Of how many messages the texts are kept until they are acknowledged. */
  private static final int REMEMBERED_MESSAGES = 100_000;

  private final Stdio stdio;
  private final Map<String, String> environment;
  private final LineInput input;
  private final Prompt namePrompt;
  private final Prompt prompt;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ServerParameter server = new ServerParameter();
  @Mixin private final TlsOptions tls = new TlsOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description =
          "What the others see. Default: the environment's "
              + NAME_VARIABLE
              + "; else asked for at a terminal, and the login name otherwise, so that every line"
              + " piped in is a message.")
  private @Nullable String name;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      parameterConsumer = TextConsumer.class,
      description = "Say this, and do not read any input. May be repeated.")
  private @Nullable List<String> messages;

  @Option(names = "--lines", description = "Each line of the input is a message; the default.")
  private boolean lines;

  @Option(
      names = "--whole",
      description =
          "The whole input is one message, with its line ends, but for one at its very end. Nothing"
              + " is said if it is empty, and none of it if it is too long.")
  private boolean whole;

  SendCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
    input = new LineInput(stdio, Limits.DEFAULT.maxMessageBytes());
    namePrompt = new Prompt(stdio, input);
    prompt = new Prompt(stdio, input);
  }

  /** Where the next message comes from. */
  private interface Source {
    /** The next message, or null when there is none. */
    @Nullable String next() throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    if ((messages == null ? 0 : 1) + (lines ? 1 : 0) + (whole ? 1 : 0) > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--message, --lines and --whole exclude each other, give one of them");
    }
    ServerAddress address = server.address(environment);
    String sender = sender();
    if (sender == null) {
      stdio.complain("no name was given");
      return 1;
    }
    Source source = source(sender);
    ChatClient.Builder settings = tls.client(environment);
    ChatClient client =
        tls.introduced(
            () -> settings.connect(address, sender, (self, message) -> {}), stdio, environment);
    Unacknowledged sent = new Unacknowledged(REMEMBERED_MESSAGES);
    IOException trouble = null;
    try (client) {
      awaitFirst(inBackground(() -> say(source, client, sent)), client.closed());
    } catch (Output.FailedException e) {
      throw e;
    } catch (IOException e) {
      trouble = e;
    }
    return end(client, trouble, sent);
  }

  /**
   * Tells what went wrong, and which messages may not have arrived.
   *
   * @param trouble what ended the sending early, or null
   */
  private int end(ChatClient client, @Nullable IOException trouble, Unacknowledged sent) {
    String lost = null;
    try {
      if (Await.result(client.closed()) == Ending.BY_SERVER) {
        lost = "connection is gone";
      }
    } catch (IOException e) {
      lost = ClientCommand.sentence(e);
    }
    if (trouble != null && (lost == null || !(trouble instanceof ChatException))) {
      stdio.complain(ClientCommand.sentence(trouble)); // else it follows from the loss
    }
    if (lost != null) {
      stdio.complain(lost);
      sent.tell(client.acknowledged(), stdio::complain);
    }
    return trouble == null && lost == null && !prompt.hasRefused() ? 0 : 1;
  }

  private void awaitFirst(CompletableFuture<Void> allSaid, CompletableFuture<Ending> gone)
      throws IOException {
    try {
      Await.result(CompletableFuture.anyOf(allSaid, gone));
    } finally {
      if (asks() && !allSaid.isDone()) {
        prompt.newLine();
      }
    }
  }

  private boolean asks() {
    return stdio.terminal() && messages == null;
  }

  private @Nullable String sender() throws IOException {
    if (name != null) {
      return name;
    }
    String variable = environment.getOrDefault(NAME_VARIABLE, "");
    if (!variable.isEmpty()) {
      return variable;
    }
    return asks() ? askForName() : login();
  }

  private String login() {
    String login = LoginName.of(environment);
    if (login == null) {
      throw new ParameterException(
          spec.commandLine(),
          "this machine has no login name for you, give a name with --name or " + NAME_VARIABLE);
    }
    return login;
  }

  /** An empty name is legal, but nobody who presses Enter means one. */
  private @Nullable String askForName() throws IOException {
    String answer = namePrompt.ask("username: ");
    while (answer != null && answer.isBlank()) {
      answer = namePrompt.ask("username: ");
    }
    return answer;
  }

  private Source source(String sender) {
    if (messages != null) {
      Iterator<String> given = messages.iterator();
      return () -> given.hasNext() ? given.next() : null;
    }
    if (whole) {
      return input::whole;
    }
    return asks() ? () -> prompt.ask(sender + ":") : input::next;
  }

  /**
   * Sends until the source ends. However much there is to say, and however slowly the server takes
   * it, only a little of it waits in memory.
   */
  private static void say(Source source, ChatClient client, Unacknowledged sent)
      throws IOException {
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    int unconfirmed = 0;
    for (String text = source.next(); text != null; text = source.next()) {
      if (text.isEmpty()) {
        continue;
      }
      last = client.send(text);
      if (!last.isCompletedExceptionally()) {
        sent.add(text, client.acknowledged());
      }
      unconfirmed += text.length();
      if (unconfirmed > WINDOW_CHARS || last.isCompletedExceptionally()) {
        Await.result(last);
        unconfirmed = 0;
      }
    }
    Await.result(last);
  }

  /** Something that may fail as input and output do. */
  private interface Task {
    void run() throws IOException;
  }

  /** On a daemon: a read that waits for a person must not keep the JVM. */
  private static CompletableFuture<Void> inBackground(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            },
            "input");
    thread.setDaemon(true);
    thread.start();
    return done;
  }
}
