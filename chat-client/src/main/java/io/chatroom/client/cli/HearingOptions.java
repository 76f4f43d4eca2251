package io.chatroom.client.cli;

import io.chatroom.client.Start;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The rooms to listen to, and where to begin; needs a session. */
final class HearingOptions {

  private static final Pattern POSITION = Pattern.compile("([A-Za-z0-9_-]{1,64}):([0-9]{1,16})");

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      parameterConsumer = TextConsumer.class,
      description =
          "Listen to this room, which is created if it does not exist. May be repeated; then each line"
              + " begins with its room in brackets. Default: the room of the seed's programs, lobby on"
              + " most servers. Needs a session, as do the next three options.")
  private @Nullable List<String> rooms;

  @Option(
      names = "--last",
      paramLabel = "N",
      description =
          "Begin with the last N messages of each room, or as many as the server keeps; a change of"
              + " the topic counts as one.")
  private @Nullable Integer last;

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description =
          "Begin with the messages of the last 10m, 2h or the like, by the clocks of both machines."
              + " Messages that the server no longer keeps are reported as a gap.")
  private @Nullable String since;

  @Option(
      names = "--after",
      paramLabel = "EPOCH:SEQ",
      parameterConsumer = TextConsumer.class,
      description =
          "Begin after the message with this epoch and seq, as --json prints them. For one room.")
  private @Nullable String after;

  /** The first given option, which needs a session, or null. */
  @Nullable String given() {
    if (rooms != null) {
      return "--room";
    }
    return last != null ? "--last" : since != null ? "--since" : after != null ? "--after" : null;
  }

  /**
   * The rooms, without duplicates; empty for the server's default.
   *
   * @throws ParameterException if one is invalid
   */
  List<RoomName> rooms() {
    return ProtocolOptions.rooms(rooms, command);
  }

  /**
   * The start.
   *
   * @throws ParameterException if the options contradict each other
   */
  Start start() {
    if ((last != null ? 1 : 0) + (since != null ? 1 : 0) + (after != null ? 1 : 0) > 1) {
      throw usage("--last, --since and --after exclude each other, give one of them");
    }
    if (last != null) {
      if (last < 1) {
        throw usage("--last: expected 1 or more, but it is " + last);
      }
      return Start.last(last);
    }
    if (after != null) {
      return Start.after(position(after));
    }
    return since == null ? Start.live() : Start.last(SessionLimits.MAX_INTEGER);
  }

  private Position position(String text) {
    Matcher parts = POSITION.matcher(text);
    if (!parts.matches()) {
      throw usage("--after is \"" + text + "\", expected EPOCH:SEQ as in k3Qz9:41");
    }
    if (rooms().size() > 1) {
      throw usage("--after is a position in one room, but there are several: give one --room");
    }
    try {
      return new Position(parts.group(1), Long.parseLong(parts.group(2)));
    } catch (IllegalArgumentException e) {
      throw usage("--after: " + e.getMessage());
    }
  }

  /** The time of the oldest wanted message; 0 for all. */
  long sinceMillis(InstantSource clock) {
    if (since == null) {
      return 0;
    }
    TimeSpan span =
        TimeSpan.parse(since)
            .orElseThrow(
                () -> usage("--since is \"" + since + "\", expected " + TimeSpan.EXPECTED));
    return Math.max(1, clock.millis() - span.duration().toMillis());
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
