package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Level;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;

/**
 * A requirement of SESSIONS.md, whatever carries the session. It becomes a {@link Case} for each
 * surface that it applies to.
 */
record SessionCase(
    String id,
    String requirements,
    String sentence,
    Section section,
    Danger danger,
    int patience,
    List<Surface> surfaces,
    SessionStage.Body body) {

  private static final List<Surface> BOTH = List.of(Surface.TCP, Surface.WEBSOCKET);

  static SessionCase must(
      Section section, String id, String requirements, String sentence, SessionStage.Body body) {
    return new SessionCase(id, requirements, sentence, section, Danger.GENTLE, 1, BOTH, body);
  }

  SessionCase danger(Danger changed) {
    return new SessionCase(id, requirements, sentence, section, changed, patience, surfaces, body);
  }

  SessionCase patience(int changed) {
    return new SessionCase(id, requirements, sentence, section, danger, changed, surfaces, body);
  }

  SessionCase only(Surface surface) {
    return new SessionCase(
        id, requirements, sentence, section, danger, patience, List.of(surface), body);
  }

  /**
   * Returns the case for each of its surfaces.
   *
   * @param server what the kit knows about the server
   * @param shared the owned name that all cases share
   */
  List<Case> on(SessionServer server, OwnedName shared) {
    return surfaces.stream()
        .map(
            surface ->
                Case.of(
                        section,
                        id + (surface == Surface.TCP ? ".tcp" : ".ws"),
                        Level.MUST,
                        requirements,
                        sentence,
                        surface,
                        setting -> new SessionStage(setting, surface, server, shared, body))
                    .danger(danger)
                    .patience(patience))
        .toList();
  }
}
