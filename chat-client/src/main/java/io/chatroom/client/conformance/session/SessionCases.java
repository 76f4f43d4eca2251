package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.ConformanceKit;
import java.util.List;
import java.util.stream.Stream;

/** All cases of SESSIONS.md, in the order of the report. */
public final class SessionCases {

  private static final List<String> WAYS = List.of("tcp", "ws");

  private SessionCases() {}

  /**
   * Creates a kit of cases for SESSIONS.md.
   *
   * @param ids ids of cases, or their first parts, or {@code tcp} or {@code ws} for only one of the
   *     two; an empty list means all cases
   * @param server what the kit knows about the server
   * @throws IllegalArgumentException if an id matches no case; the message is one sentence
   */
  public static ConformanceKit kit(List<String> ids, SessionServer server) {
    List<String> ways = ids.stream().filter(WAYS::contains).toList();
    List<String> rest = ids.stream().filter(id -> !WAYS.contains(id)).toList();
    List<Case> there =
        all(server).stream()
            .filter(each -> ways.isEmpty() || ways.contains(way(each.id())))
            .toList();
    return ConformanceKit.of(there, rest);
  }

  private static String way(String id) {
    return id.substring(id.lastIndexOf('.') + 1);
  }

  /**
   * Returns all cases; that of a stop only if the server may be stopped, and those of keys only if
   * it asks for one.
   */
  static List<Case> all(SessionServer server) {
    List<SessionCase> hello = HelloCases.all();
    OwnedName shared = new OwnedName();
    return Stream.of(
            hello.subList(0, 1),
            WayCases.all(),
            WebSocketCases.all(),
            ObjectCases.all(),
            hello.subList(1, hello.size()),
            RoomsCases.all(),
            PageCases.all(),
            NamesCases.all(),
            server.key() == null ? List.<SessionCase>of() : NamesCases.ofKeys(),
            PrivateCases.all(),
            ModerateCases.all(),
            OrderCases.all(),
            OnceCases.all(),
            ResumeCases.all(),
            TogetherCases.all(),
            LagCases.all(),
            GoingCases.all(),
            server.stop() == null ? List.<SessionCase>of() : DrainCases.all())
        .flatMap(List::stream)
        .flatMap(each -> each.on(server, shared).stream())
        .toList();
  }
}
