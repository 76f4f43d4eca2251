package io.chatroom.client.cli;

import io.chatroom.client.ChatException;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.RefusedException;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.TlsTrust;
import io.chatroom.client.chat.Places;
import io.chatroom.client.chat.Settings;
import io.chatroom.client.chat.SettingsFile;
import io.chatroom.client.terminal.LineInput;
import io.chatroom.client.terminal.Prompt;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code name}: lists the user's names, and moves one to another device. */
@Command(
    name = "name",
    description = {
      "List the names that you own, or use one on another device, too.",
      "",
      "show lists your names on the server. link asks the server for a code that works once, within"
          + " ten minutes, on another device. use CODE, on that device, takes over the name there;"
          + " without CODE it asks for the code.",
      "",
      "The token of a name is kept in owned_names beside known_servers, readable by you alone, and is"
          + " never sent without TLS to a server that was reached with TLS before."
    },
    exitCodeList = {
      "0:success",
      "1:it failed, or you own no name there",
      "2:the command line was wrong"
    })
final class NameCommand implements Callable<Integer> {

  private static final int LONGEST_CODE_BYTES = 1024;

  private final Stdio stdio;
  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "show|link|use", description = "The action.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String what;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CODE",
      description = "For use: the code that link printed on the other device.")
  private @Nullable String code;

  @Option(
      names = "--server",
      paramLabel = "HOST[:PORT]",
      description =
          "The server; an IPv6 address in brackets. Default: the environment's "
              + ServerParameter.VARIABLE
              + ", else the one of the last chat, else localhost:3306.")
  private @Nullable String server;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description =
          "The name. Default: the environment's "
              + SendCommand.NAME_VARIABLE
              + ", else the one in the settings; for link, else the only name that you own there.")
  private @Nullable String name;

  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final KeyOption key = new KeyOption();

  NameCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    if (code != null && !what.equals("use")) {
      throw usage("\"" + code + "\" is one argument too many: only use takes a CODE");
    }
    Places places = Places.here(environment);
    Settings settings = new SettingsFile(places.settings()).read();
    ServerAddress address = address(settings);
    OwnedNames names = new OwnedNames(places.ownedNames());
    TlsTrust trust = tls.trust(environment, settings.tls() && address.equals(settings.server()));
    return switch (what) {
      case "show" -> show(names, address);
      case "link" -> link(names, address, trust, mine(settings, names, address));
      case "use" -> use(names, address, trust, name(settings));
      default -> throw usage("\"" + what + "\" is not known, expected show, link or use");
    };
  }

  private ServerAddress address(Settings settings) {
    if (server != null && !server.isEmpty()) {
      return ServerParameter.parse(spec, server, "--server: ");
    }
    ServerAddress fromEnvironment = ServerParameter.fromEnvironment(spec, environment);
    if (fromEnvironment != null) {
      return fromEnvironment;
    }
    return settings.server() == null ? ServerAddress.LOCAL : settings.server();
  }

  /** Without another hint, the only owned name there: chat --name stores none. */
  private String mine(Settings settings, OwnedNames names, ServerAddress address)
      throws ChatException {
    if (known(settings) == null) {
      List<String> owned = names.on(address);
      if (owned.size() == 1) {
        return owned.get(0);
      }
    }
    return name(settings);
  }

  private @Nullable String known(Settings settings) {
    String variable = environment.getOrDefault(SendCommand.NAME_VARIABLE, "");
    return name != null ? name : variable.isEmpty() ? settings.name() : variable;
  }

  private String name(Settings settings) {
    String known = known(settings);
    if (known == null) {
      throw usage("expected the name, with --name or " + SendCommand.NAME_VARIABLE);
    }
    return known;
  }

  private int show(OwnedNames names, ServerAddress address) throws ChatException {
    List<String> all = names.on(address);
    if (all.isEmpty()) {
      stdio.complain("you own no name on " + address + "; /claim in a chat claims one");
      return 1;
    }
    all.forEach(each -> print(VisibleText.name(each)));
    return 0;
  }

  private int link(OwnedNames names, ServerAddress address, @Nullable TlsTrust trust, String mine)
      throws IOException {
    if (!names.has(address, mine)) {
      stdio.complain(
          "the name "
              + VisibleText.name(mine)
              + " is not known to be yours on "
              + address
              + "; /claim in a chat claims it");
      return 1;
    }
    try (SessionClient client = connect(names, address, trust, mine, null)) {
      FromServer.Link answer = Await.result(client.link());
      print(VisibleText.of(answer.code()));
      stdio.complain(
          "on the other device, within "
              + Math.max(1, answer.seconds() / 60)
              + " minutes: chat-client name use CODE --server "
              + address
              + " --name "
              + VisibleText.name(mine)
              + "; or in a browser the page of the server, with \"I have a link code\"");
    }
    return 0;
  }

  private int use(OwnedNames names, ServerAddress address, @Nullable TlsTrust trust, String mine)
      throws IOException {
    String proof = code != null ? code : askForCode();
    if (proof == null || proof.isBlank()) {
      throw usage("expected the CODE that link printed on the other device");
    }
    try (SessionClient client = connect(names, address, trust, mine, proof.strip())) {
      Await.result(client.claim());
    } catch (RefusedException e) {
      if (!Code.TOKEN_WRONG.text().equals(e.code())) {
        throw e;
      }
      stdio.complain(
          "this code is not valid for the name "
              + VisibleText.name(mine)
              + " on "
              + address
              + "; a code works once, within ten minutes, for the name for which chat-client name link"
              + " printed it: get a new one");
      return 1;
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
    stdio.complain("the name " + VisibleText.name(mine) + " is yours here, too, on " + address);
    return 0;
  }

  private @Nullable String askForCode() throws IOException {
    return stdio.terminal()
        ? new Prompt(stdio, new LineInput(stdio, LONGEST_CODE_BYTES)).ask("code: ")
        : null;
  }

  private SessionClient connect(
      OwnedNames names,
      ServerAddress address,
      @Nullable TlsTrust trust,
      String mine,
      @Nullable String proof)
      throws IOException {
    Secrets secrets = new Secrets(names, key.key(environment));
    return tls.introduced(
        () -> {
          SessionClient.Builder settings =
              secrets.in(SessionClient.builder().agent("chat-client name"));
          if (trust != null) {
            settings.tls(trust);
          }
          if (proof != null) {
            settings.token(proof);
          }
          try {
            return settings.connect(SessionAddress.of(address), mine);
          } catch (IllegalArgumentException e) { // an invalid name
            throw new IOException(String.valueOf(e.getMessage()), e);
          }
        },
        stdio,
        environment);
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
