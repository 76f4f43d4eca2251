package io.chatroom.server.names;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All present people; bounded by the number of connections. Thread-safe. */
final class Here {

  private final ConcurrentMap<String, Set<Attendee>> bySubject = new ConcurrentHashMap<>();
  private final Set<Attendee> all = ConcurrentHashMap.newKeySet();

  void add(Attendee attendee) {
    all.add(attendee);
    for (String subject : Subject.of(attendee.person())) {
      bySubject.compute(
          subject,
          (key, those) -> {
            Set<Attendee> more = those == null ? ConcurrentHashMap.newKeySet(1) : those;
            more.add(attendee);
            return more;
          });
    }
  }

  void remove(Attendee attendee) {
    all.remove(attendee);
    for (String subject : Subject.of(attendee.person())) {
      bySubject.computeIfPresent(
          subject,
          (key, those) -> {
            those.remove(attendee);
            return those.isEmpty() ? null : those;
          });
    }
  }

  /** The present people with a name or a client. */
  List<Attendee> find(String subject) {
    Set<Attendee> found = bySubject.get(subject);
    return found == null ? List.of() : List.copyOf(found);
  }

  /** The present people in a network. */
  List<Attendee> find(Network network) {
    return all.stream()
        .filter(one -> one.person().address() != null && network.contains(one.person().address()))
        .toList();
  }
}
