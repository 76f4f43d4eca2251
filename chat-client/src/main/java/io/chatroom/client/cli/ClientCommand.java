package io.chatroom.client.cli;

import io.chatroom.client.RefusedException;
import io.chatroom.client.chat.Advice;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.commands.ManCommand;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativeText;
import io.chatroom.system.Output;
import io.chatroom.system.Spelling;
import io.chatroom.system.UnreadableTextException;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code chat-client.jar}: picks the command, and turns a failure into one sentence and an exit
 * code.
 */
@Command(
    name = "chat-client",
    description = "Chat in rooms from a terminal. The default COMMAND is chat.",
    synopsisSubcommandLabel = "[COMMAND]",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:something went wrong while the command ran",
      "2:the command line was wrong"
    },
    mixinStandardHelpOptions = true,
    versionProvider = ClientCommand.Version.class,
    scope = ScopeType.INHERIT)
public final class ClientCommand implements Callable<Integer> {

  /** Referenced here because the JDK forgets the level of an unreferenced logger. */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("io.netty"), Logger.getLogger("org.jline"));

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  private ClientCommand() {}

  /**
   * Runs one command and exits the JVM: 0 when it did what was asked, 1 when something went wrong
   * while running, 2 when the command line was wrong.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    silenceLibraries();
    System.exit(runIn(Stdio.ofProcess(), args));
  }

  /** Restores words that the locale has damaged, or refuses them. */
  private static int runIn(Stdio stdio, String... args) {
    NativeText text = NativeText.ofProcess();
    try {
      return run(stdio, text.environment(System.getenv(), "CHAT_"), text.arguments(args));
    } catch (UnreadableTextException e) {
      stdio.complain(String.valueOf(e.getMessage()));
      return CommandLine.ExitCode.USAGE;
    }
  }

  /** The commands tell users what they must know; log lines of libraries would be in the way. */
  private static void silenceLibraries() {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    LIBRARIES.forEach(library -> library.setLevel(Level.OFF));
  }

  /**
   * Runs one command: the one that the first argument names, else {@code chat}.
   *
   * @return the exit code, which is not 0 if the results could not be written
   */
  static int run(Stdio stdio, Map<String, String> environment, String... args) {
    Output out = new Output(stdio.out());
    CommandLine commandLine = commandLine(stdio.withOut(out), environment);
    int exitCode = execute(commandLine, args);
    commandLine.getOut().flush();
    return out.exitCode(exitCode, stdio::complain);
  }

  private static int execute(CommandLine commandLine, String... args) {
    if (args.length > 0 && (isCommand(commandLine, args[0]) || isOwnOption(commandLine, args[0]))) {
      return commandLine.execute(args);
    }
    List<String> chat = new ArrayList<>(List.of(ChatCommand.NAME));
    chat.addAll(List.of(args));
    return commandLine.execute(chat.toArray(String[]::new));
  }

  private static boolean isCommand(CommandLine commandLine, String argument) {
    return commandLine.getSubcommands().containsKey(argument);
  }

  /** True for an option of the program, not of a command, such as {@code --help}. */
  private static boolean isOwnOption(CommandLine commandLine, String argument) {
    return commandLine.getCommandSpec().findOption(argument) != null;
  }

  /**
   * All commands, ready to {@linkplain CommandLine#execute execute}.
   *
   * @param stdio their streams
   * @param environment the environment's variables
   */
  static CommandLine commandLine(Stdio stdio, Map<String, String> environment) {
    CommandLine commandLine = new CommandLine(new ClientCommand());
    commandLine
        .addSubcommand(new ChatCommand(stdio, environment))
        .addSubcommand(new ListenCommand(stdio, environment))
        .addSubcommand(new SendCommand(stdio, environment))
        .addSubcommand(new NameCommand(stdio, environment))
        .addSubcommand(new ConformanceCommand(stdio))
        .addSubcommand(new BenchCommand(stdio, environment))
        .addSubcommand(new CompletionCommand())
        .addSubcommand(ManCommand.of("chat-client", 1))
        .setOut(utf8(stdio.out()))
        .setErr(utf8(stdio.err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // "--message @bob" is for bob
        .setParameterExceptionHandler((e, args) -> usageError(stdio, e))
        .setExecutionExceptionHandler((e, failed, parsed) -> failure(stdio, e));
    Values.readIn(commandLine);
    return commandLine;
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** Not reached by {@link #run}, which has a default command. */
  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  private static int usageError(Stdio stdio, ParameterException e) {
    stdio.complain(sentence(e));
    stdio.complain(
        "try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' for the usage");
    return CommandLine.ExitCode.USAGE;
  }

  /** After a misspelt command everything else is wrong, too: reports only the command. */
  private static String sentence(ParameterException e) {
    String typo = e.getCommandLine().getCommand() instanceof ChatCommand chat ? chat.typo() : null;
    if (typo != null) {
      return typo;
    }
    return e instanceof UnmatchedArgumentException unmatched
        ? sentence(unmatched)
        : String.valueOf(e.getMessage());
  }

  private static String sentence(UnmatchedArgumentException e) {
    String unknown = e.getUnmatched().get(0);
    List<String> line = e.getCommandLine().getParseResult().originalArgs();
    int endOfOptions = line.indexOf("--");
    if (endOfOptions >= 0 && line.lastIndexOf(unknown) > endOfOptions) {
      return "\"" + unknown + "\" is one argument too many";
    }
    String sentence =
        unknown.startsWith("-")
            ? "\"" + unknown + "\" is not an option"
            : "\"" + unknown + "\" is one argument too many, or not a command";
    Set<String> options = e.getCommandLine().getCommandSpec().optionsMap().keySet();
    String near =
        unknown.startsWith("-") ? Spelling.nearest(unknown.replaceFirst("=.*", ""), options) : null;
    return near == null ? sentence : sentence + ", did you mean " + near + "?";
  }

  private static int failure(Stdio stdio, Exception e) {
    if (e instanceof Output.FailedException) {
      return CommandLine.ExitCode.OK; // unless run() finds that something was lost
    }
    stdio.complain(sentence(e));
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** What went wrong, for people. */
  static String sentence(Exception e) {
    if (e instanceof FileSystemException file) {
      return FileTrouble.sentence(file); // the message is the name only
    }
    if (e instanceof RefusedException refusal) {
      return Advice.sentence(refusal);
    }
    return e instanceof IOException && e.getMessage() != null
        ? e.getMessage()
        : "this is a defect of chat-client, please report it: " + e;
  }

  /**
   * What the build wrote into the jar's manifest: version and commit, and the protocol's version.
   */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      Package built = ClientCommand.class.getPackage();
      String version = built.getImplementationVersion();
      return new String[] {
        version == null
            ? "chat-client (unpackaged)"
            : "chat-client " + version + ", protocol " + built.getSpecificationVersion()
      };
    }
  }
}
