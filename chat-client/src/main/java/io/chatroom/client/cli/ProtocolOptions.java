package io.chatroom.client.cli;

import io.chatroom.client.NoSessionsException;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.RefusedException;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.chat.Places;
import io.chatroom.client.chat.Protocols;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The protocol to speak. By default it is detected: a session is tried first; if the server begins
 * none, the seed's protocol is used, and remembered for this server.
 */
final class ProtocolOptions {

  /** The values of the option. */
  enum Protocol {
    AUTO,
    SESSION,
    SEED
  }

  /** Maximum time for a welcome before the other protocol is tried. */
  private static final Duration BRIEF = Duration.ofSeconds(2);

  private static final Duration PATIENT = Duration.ofSeconds(10);

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--protocol",
      paramLabel = "PROTOCOL",
      description = {
        "session has rooms, acknowledgements and history; seed has none of them, and every server"
            + " speaks it. The default, auto, tries a session first. A server without sessions is"
            + " remembered for three days."
      })
  private Protocol protocol = Protocol.AUTO;

  private @Nullable Runnable remember;

  /** The access key for a closed server. */
  @Mixin private final KeyOption key = new KeyOption();

  /** Begins a session. */
  interface Attempt {
    /**
     * Begins the session.
     *
     * @param welcomeTimeout maximum time for the server's welcome
     */
    SessionClient connect(Duration welcomeTimeout) throws IOException;
  }

  /** The default room: that of the seed's programs. */
  static RoomName usualRoom(SessionClient session) {
    FromServer.Welcome welcome = session.welcome();
    return welcome == null ? FromServer.Welcome.LOBBY : welcome.usualRoom();
  }

  /**
   * The secrets for sessions.
   *
   * @throws IOException if the file of the key cannot be read
   */
  Secrets secrets(Map<String, String> environment) throws IOException {
    return new Secrets(ownedNames(environment), key.key(environment));
  }

  /** Null if this user has no directory for them. */
  private static @Nullable OwnedNames ownedNames(Map<String, String> environment) {
    try {
      Path file = Places.here(environment).ownedNames();
      boolean isHidden = !Files.exists(file) && !Files.notExists(file); // another user's home
      return isHidden ? null : new OwnedNames(file);
    } catch (IOException e) {
      return null; // then no name can be owned
    }
  }

  /** Whether a session is required. */
  boolean mustBeSession(@Nullable String option) {
    return option != null || protocol == Protocol.SESSION;
  }

  /**
   * Begins a session, if the server supports them.
   *
   * @param option the option that needs a session, or null
   * @return null for the seed's protocol
   * @throws ParameterException if the options exclude each other
   * @throws IOException if there is no connection, or no session where one is required
   */
  @Nullable SessionClient session(
      ServerAddress server,
      boolean encrypted,
      @Nullable String option,
      Map<String, String> environment,
      Attempt attempt)
      throws IOException {
    if (protocol == Protocol.SEED) {
      if (option != null) {
        throw excludes(option);
      }
      return null;
    }
    Known known = known(environment);
    if (!mustBeSession(option) && known != null && known.isSeedOnly(server, encrypted)) {
      return null;
    }
    boolean isBrief =
        !mustBeSession(option) && (known == null || !known.hadSessions(server, encrypted));
    try {
      SessionClient session = attempt.connect(welcomeTimeout(isBrief));
      if (known != null) {
        known.sessionWorks(server, encrypted);
      }
      return session;
    } catch (NoSessionsException e) {
      if (mustBeSession(option)) {
        throw option == null ? e : new IOException(option + " needs a session: " + e.getMessage());
      }
      remember = known == null ? null : () -> known.seedWorks(server, encrypted);
      return null;
    } catch (RefusedException e) {
      // In the seed's protocol, a taken or an empty name is as good as any.
      if (mustBeSession(option)
          || e.isAboutOwnership()
          || (e.act() != Do.ASK && e.act() != Do.CHANGE)) {
        throw e;
      }
      return null;
    } catch (IllegalArgumentException e) { // an invalid name
      if (mustBeSession(option)) {
        throw new IOException(e.getMessage(), e);
      }
      return null;
    }
  }

  /**
   * The seed's protocol has worked. It is remembered only now, because a full or stopping server
   * ends a session in the same way as one without sessions.
   */
  void seedWorks() {
    if (remember != null) {
      remember.run();
      remember = null;
    }
  }

  /** The protocols for a conversation that switches servers. */
  Protocols protocols(boolean encrypted, @Nullable String option, Map<String, String> environment) {
    if (protocol == Protocol.SEED && option != null) {
      throw excludes(option);
    }
    Known known = known(environment);
    return new Protocols() {
      @Override
      public Choice choice(ServerAddress server) {
        if (mustBeSession(option)) {
          return Choice.SESSION;
        }
        return protocol == Protocol.SEED || (known != null && known.isSeedOnly(server, encrypted))
            ? Choice.SEED
            : Choice.SESSION_FIRST;
      }

      @Override
      public void sessionWorks(ServerAddress server) {
        if (known != null) {
          known.sessionWorks(server, encrypted);
        }
      }

      @Override
      public void seedWorks(ServerAddress server) {
        if (known != null) {
          known.seedWorks(server, encrypted);
        }
      }
    };
  }

  /**
   * The rooms of {@code --room}, without duplicates; empty for the server's default.
   *
   * @throws ParameterException if one is invalid
   */
  static List<RoomName> rooms(@Nullable List<String> given, CommandSpec command) {
    if (given == null) {
      return List.of();
    }
    Set<RoomName> names = new LinkedHashSet<>();
    try {
      given.forEach(room -> names.add(RoomName.of(room)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--room: " + e.getMessage());
    }
    if (names.size() > SessionLimits.MAX_ROOMS) {
      throw new ParameterException(
          command.commandLine(),
          "--room: expected at most "
              + SessionLimits.MAX_ROOMS
              + " rooms, but there are "
              + names.size());
    }
    return List.copyOf(names);
  }

  /** Maximum time for the answer to a hello. */
  static Duration welcomeTimeout(boolean isBrief) {
    return isBrief ? BRIEF : PATIENT;
  }

  private ParameterException excludes(String option) {
    return new ParameterException(
        command.commandLine(),
        option + " needs a session, which --protocol seed excludes: leave out one of them");
  }

  /** Null if this user has no directory for it. */
  private static @Nullable Known known(Map<String, String> environment) {
    try {
      Path beside = Places.here(environment).knownServers();
      return new Known(
          RememberedServers.seedOnly(beside, InstantSource.system()),
          RememberedServers.withSessions(beside, InstantSource.system()));
    } catch (IOException e) {
      return null; // costs an extra connection each time
    }
  }

  /**
   * The remembered protocols of servers. A server that had sessions and is silent now is probably
   * slow, not replaced: so it must show twice that it speaks the seed's protocol only.
   */
  private record Known(RememberedServers seedOnly, RememberedServers withSessions) {

    boolean isSeedOnly(ServerAddress server, boolean encrypted) {
      return seedOnly.has(server, encrypted);
    }

    boolean hadSessions(ServerAddress server, boolean encrypted) {
      return withSessions.has(server, encrypted);
    }

    void sessionWorks(ServerAddress server, boolean encrypted) {
      seedOnly.forget(server, encrypted);
      withSessions.remember(server, encrypted);
    }

    void seedWorks(ServerAddress server, boolean encrypted) {
      if (hadSessions(server, encrypted)) {
        withSessions.forget(server, encrypted);
      } else {
        seedOnly.remember(server, encrypted);
      }
    }
  }
}
