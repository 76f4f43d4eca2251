package io.chatroom.server;

import ch.qos.logback.classic.LoggerContext;
import io.chatroom.commands.ManCommand;
import io.chatroom.protocol.VisibleText;
import io.chatroom.server.config.ConfigException;
import io.chatroom.server.config.ConfigOption;
import io.chatroom.server.config.ConfigOption.Setting;
import io.chatroom.server.config.ConfigSources;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.data.DataCommand;
import io.chatroom.server.data.Place;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.logging.ConsoleLog;
import io.chatroom.server.logging.LogFormat;
import io.chatroom.server.logging.LogLevel;
import io.chatroom.server.process.DaemonSignals;
import io.chatroom.server.process.OutOfMemory;
import io.chatroom.server.process.Signals;
import io.chatroom.server.process.Version;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.Home;
import io.chatroom.system.NativeText;
import io.chatroom.system.Output;
import io.chatroom.system.Spelling;
import io.chatroom.system.UnreadableTextException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code chat-server.jar}: reads the configuration, runs the server until a signal stops it, and
 * reports each failure by one sentence and one of the {@linkplain #EXIT_CODES exit codes}.
 */
public final class ServerCommand {

  /** What each exit code means, for {@code --help} and the guide. */
  static final Map<String, String> EXIT_CODES =
      UsageMessageSpec.keyValuesMap(
          "0:stopped by a signal",
          "1:a failure, at the start or later",
          "2:wrong usage or configuration",
          "3:out of memory",
          "130:ended by a second SIGINT during the stop",
          "143:ended by a second SIGTERM during the stop");

  /** The parser's prefix of a sentence that needs none. */
  private static final String PLACE_PREFIX =
      "Invalid value for positional parameter at index 0 (DIR|URL): ";

  private ServerCommand() {}

  /**
   * Runs the server in the foreground. SIGTERM and SIGINT stop it in order, with exit code 0, as
   * does the end of its terminal. Any other SIGHUP makes it check its files.
   *
   * @param args the command line; see {@code --help}
   */
  public static void main(String[] args) {
    // By default Netty samples one buffer in 128 for leaks, with a stack trace for each. The tests
    // check all buffers, and the property turns it on here.
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      System.setProperty("io.netty.leakDetection.level", "disabled");
    }
    ConsoleLog.ofThisProcess();
    int exitCode = execute(args);
    if (exitCode != 0) {
      stopLogging();
      Runtime.getRuntime().halt(exitCode);
    }
  }

  /** Repairs arguments that the locale has damaged, or refuses them. */
  private static int execute(String... args) {
    Output out = new Output(new FileOutputStream(FileDescriptor.out));
    PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
    NativeText text = NativeText.ofProcess();
    try {
      Map<String, String> environment = text.environment(System.getenv(), "CHAT_");
      CommandLine commandLine = commandLine(environment).setOut(utf8(out)).setErr(err);
      int exitCode = commandLine.execute(text.arguments(args));
      commandLine.getOut().flush();
      return out.exitCode(exitCode, sentence -> fail(err, sentence, exitCode));
    } catch (UnreadableTextException e) {
      return fail(err, VisibleText.of(String.valueOf(e.getMessage())), 2);
    }
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private static CommandLine commandLine(Map<String, String> environment) {
    CommandSpec spec =
        CommandSpec.create()
            .name("chat-server")
            .mixinStandardHelpOptions(true)
            .version("chat-server " + Version.withProtocol());
    spec.usageMessage()
        .description("A chat server: rooms with history for people and programs, on one port.")
        .footer(
            "",
            "Every option can also be set in the file (maxNameBytes) and in the environment"
                + " (CHAT_MAX_NAME_BYTES).",
            "The command line overrides the environment, which overrides the file.")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
    spec.addOption(
        OptionSpec.builder("--config")
            .paramLabel("FILE.json")
            .type(Path.class)
            .description("read options from this file")
            .build());
    for (ConfigOption option : ConfigOption.ALL) {
      spec.addOption(flag(option));
    }
    CommandLine commandLine = new CommandLine(spec);
    DataCommand.all().forEach(commandLine::addSubcommand);
    commandLine.addSubcommand(ManCommand.of("chat-server", 8));
    commandLine.setExecutionStrategy(parsed -> run(parsed, environment));
    commandLine.registerConverter(Path.class, ServerCommand::path);
    commandLine.registerConverter(Place.class, text -> place(text, environment));
    commandLine.setParameterExceptionHandler(
        (e, args) -> fail(commandLine.getErr(), sentence(e), 2));
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    return commandLine;
  }

  private static Path path(String text) {
    try {
      return Home.path(text);
    } catch (IOException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Place place(String text, Map<String, String> environment) {
    try {
      return Place.of(text, environment);
    } catch (IOException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static String sentence(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String unknown = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
      String near =
          Spelling.nearest(unknown, e.getCommandLine().getCommandSpec().optionsMap().keySet());
      String hint = near == null ? "see --help" : "did you mean " + near + "?";
      return "\"" + VisibleText.of(StoreAddress.masked(unknown)) + "\" is not an option, " + hint;
    }
    String message = String.valueOf(e.getMessage()).replace(PLACE_PREFIX, "");
    return VisibleText.of(message) + "; see --help";
  }

  private static OptionSpec flag(ConfigOption option) {
    OptionSpec.Builder flag =
        OptionSpec.builder(option.flag())
            .type(String.class)
            .paramLabel(option.placeholder())
            .description(
                option.option().help() + " (default: " + option.option().defaultsTo() + ")");
    if (option.type() == boolean.class) {
      flag.arity("0..1").fallbackValue("true");
    }
    return flag.build();
  }

  private static int run(ParseResult parsed, Map<String, String> environment) {
    PrintWriter err = parsed.commandSpec().commandLine().getErr();
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    try {
      if (parsed.hasSubcommand()) {
        return dataCommand(parsed);
      }
      ConfigSources.suspects(environment).forEach(line -> err.println("chat-server: " + line));
      ServerConfig config = ConfigOption.configOf(settings(parsed, environment));
      ConsoleLog.set(config.logFormat(), config.logLevel());
      serve(config);
      return 0;
    } catch (ConfigException | ParameterException e) {
      return fail(err, e.getMessage(), 2);
    } catch (FileSystemException e) {
      return fail(err, FileTrouble.sentence(e), 1);
    } catch (IOException | UnsupportedOperationException e) {
      return fail(err, e.getMessage(), 1);
    } catch (LinkageError e) { // Netty opens a file when it loads
      return fail(
          err,
          "a part of this program cannot be loaded, most likely because too few files can be open"
              + " (ulimit -n), or because the jar has changed meanwhile",
          1);
    } catch (RuntimeException e) {
      return fail(err, "internal error of chat-server, please report it: " + e, 1);
    }
  }

  /** Its failures are reported like a server's. */
  private static int dataCommand(ParseResult parsed) throws IOException {
    ConsoleLog.set(
        LogFormat.TEXT, LogLevel.WARN); // its output is the answer, not the log of the store
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandLine.ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Reads the file, the environment and the command line; later settings win. */
  private static List<Setting> settings(ParseResult parsed, Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>();
    Path file = parsed.matchedOptionValue("--config", null);
    if (file != null) {
      settings.addAll(ConfigSources.file(file));
    }
    settings.addAll(ConfigSources.environment(environment));
    for (ConfigOption option : ConfigOption.ALL) {
      if (parsed.hasMatchedOption(option.flag())) {
        settings.add(
            new Setting(option, parsed.matchedOptionValue(option.flag(), ""), option.flag()));
      }
    }
    return settings;
  }

  /**
   * Runs until a signal arrives. A shutdown hook stops the server, because the JVM waits for hooks
   * only. The hook is installed before the server starts, so that a signal at any time stops it in
   * order. A second signal ends the process at once.
   */
  private static void serve(ServerConfig config) throws IOException {
    OutOfMemory.endsThisProcess();
    AtomicReference<@Nullable ChatServer> running = new AtomicReference<>();
    Object starting = new Object();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  Signals.endThisProcess();
                  synchronized (starting) {
                    ChatServer server = running.get();
                    if (server != null) {
                      server.close();
                    }
                  }
                  stopLogging();
                  // A JVM ended by a signal reports the signal; a server that stopped in order
                  // reports success.
                  Runtime.getRuntime().halt(0);
                },
                "stop"));
    DaemonSignals.hangUp(
        () -> {
          ChatServer server = running.get();
          if (server != null) { // otherwise its files have just been read, or are about to be
            server.lookAtFiles();
          }
        },
        () -> System.exit(0)); // runs the hook
    DaemonSignals.ignore("USR1");
    synchronized (starting) {
      running.set(ChatServer.start(config));
    }
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int fail(PrintWriter err, @Nullable String sentence, int exitCode) {
    err.println("chat-server: " + sentence);
    return exitCode;
  }

  /** Waits for the last log lines, which a thread of its own writes. */
  private static void stopLogging() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
