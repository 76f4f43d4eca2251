package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** History and search, page by page. */
final class PageCases {

  private static final int POSTS = 12;

  /**
   * The largest limit of a search: all matches, and a server may find more than the expected ones.
   */
  private static final Json ALL = Json.empty().with("limit", 50);

  private PageCases() {}

  static List<SessionCase> all() {
    return List.of(
        pages(
            "history.before",
            "S-26 S-46",
            "A page before a seq MUST have the nearest entries below it, in ascending order.",
            stage -> {
              if (postsIfHistory(stage)) {
                hasSeqs(page(stage, "before", 9, 3), 6, 7, 8);
                hasSeqs(page(stage, "before", 3, 200), 1, 2);
                hasSeqs(page(stage, "before", 1, 5));
              }
            }),
        pages(
            "history.after",
            "S-26 S-46",
            "A page after a seq MUST have the nearest entries above it, in ascending order.",
            stage -> {
              if (postsIfHistory(stage)) {
                hasSeqs(page(stage, "after", 4, 3), 5, 6, 7);
                hasSeqs(page(stage, "after", 0, 2), 1, 2);
                hasSeqs(page(stage, "after", 14, 5));
              }
            }),
        pages(
            "history.around",
            "S-26 S-46",
            "A page around a seq MUST have that entry and its neighbours on both sides.",
            PageCases::around),
        pages(
            "history.as-live",
            "S-46",
            "The entries of a page MUST be the same as when they came live.",
            stage -> {
              if (postsIfHistory(stage)) {
                List<Json> live = stage.bob().take(POSTS);
                List<Json> page = page(stage, "after", 2, POSTS).objects("messages");
                for (int i = 0; i < POSTS; i++) {
                  if (!page.get(i).equals(live.get(i))) {
                    throw new Broken("the entry " + live.get(i), "the page had " + page.get(i));
                  }
                }
              }
            }),
        pages(
            "history.next",
            "S-46",
            "By following next, a client MUST reach every entry once, backwards and forwards.",
            stage -> {
              if (postsIfHistory(stage)) {
                walk(stage, "before", 15);
                walk(stage, "after", 0);
              }
            }),
        pages(
            "history.fits",
            "S-04 S-46",
            "A page MUST end early if it would otherwise be longer than 8 times maxMessageBytes.",
            PageCases::fits),
        pages(
            "history.epoch",
            "S-46",
            "A page of a room MUST have the room, its epoch, and complete true.",
            stage -> {
              if (postsIfHistory(stage)) {
                Json page = page(stage, "after", 2, 5);
                Json expected =
                    Json.of("page")
                        .with("room", stage.room())
                        .with("epoch", stage.alice().joined().text("epoch"))
                        .with("complete", true);
                if (!page.contains(expected)) {
                  throw new Broken(expected.toString(), "alice received " + page);
                }
              }
            }),
        pages(
            "history.bounds",
            "S-26 S-19",
            "A limit outside 1 to 200, or none or two of before, after and around, MUST be"
                + " refused.",
            stage -> {
              Talker carol = stage.join("carol");
              if (postsIfHistory(stage)) {
                stage.receivedBeforeMarker(carol);
                Json history = Json.of("history").with("room", stage.room());
                for (Json bad :
                    List.of(
                        history.with("limit", 5),
                        history.with("before", 5),
                        history.with("before", 5).with("limit", 0),
                        history.with("before", 5).with("limit", 201),
                        history.with("before", 5).with("after", 1).with("limit", 5))) {
                  carol.refused(bad, "bad-request", "change");
                }
              }
            }),
        pages(
            "search.finds",
            "S-27 S-46",
            "A search MUST find the messages with all words of the query, without regard to case.",
            stage -> {
              Talker alice = stage.alice();
              if (alice.supports("search", search(stage, "x", 1))) {
                postAll(stage, "Green tea", "green, and no t e a", "TEA, but GREEN", "coffee");
                found(alice, search(stage, "green tea", 50), "Green tea", "TEA, but GREEN");
                found(alice, search(stage, "COFFEE", 50), "coffee");
              }
            }),
        pages(
            "search.newest-first",
            "S-27",
            "A search MUST find the newest messages first, in order, and older ones by next.",
            stage -> {
              Talker alice = stage.alice();
              if (alice.supports("search", search(stage, "x", 1))) {
                postAll(stage, "tea one", "tea two", "milk", "tea three", "tea four");
                Json page = found(alice, search(stage, "tea", 2), "tea three", "tea four");
                long next = page.number("next");
                found(alice, search(stage, "tea", 2).with("before", next), "tea one", "tea two");
              }
            }),
        pages(
            "search.bounds",
            "S-27 S-19",
            "A search with an empty query, or with a limit outside 1 to 50, MUST be refused.",
            stage -> {
              Talker alice = stage.alice();
              if (alice.supports("search", search(stage, "x", 1))) {
                alice.refused(search(stage, "", 5), "bad-request", "change");
                alice.refused(search(stage, "x", 0), "bad-request", "change");
                alice.refused(search(stage, "x", 51), "bad-request", "change");
              }
            }));
  }

  private static SessionCase pages(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_REQUESTS, id, requirements, sentence, body);
  }

  /** Lets Alice post seqs 3 to 14 if the server has history; returns false if not. */
  private static boolean postsIfHistory(SessionStage stage) throws Broken, InterruptedException {
    Json request = history(stage, "before", 1, 1);
    if (!stage.alice().supports("history", request)) {
      return false;
    }
    ResumeCases.postMissed(stage, POSTS);
    return true;
  }

  private static Json history(SessionStage stage, String side, long seq, int limit) {
    return Json.of("history").with("room", stage.room()).with(side, seq).with("limit", limit);
  }

  private static Json page(SessionStage stage, String side, long seq, int limit)
      throws Broken, InterruptedException {
    return stage.alice().asks(history(stage, side, seq, limit), Json.of("page"));
  }

  private static List<Long> seqs(Json page) throws Broken {
    List<Long> seqs = new ArrayList<>();
    for (Json entry : page.objects("messages")) {
      seqs.add(entry.number("seq"));
    }
    return seqs;
  }

  /** A server may send fewer entries than the limit: the nearest ones, with next. */
  private static void hasSeqs(Json page, long... expected) throws Broken {
    List<Long> all = LongStream.of(expected).boxed().toList();
    List<Long> seqs = seqs(page);
    boolean fewer = page.has("next") && !seqs.isEmpty() && seqs.size() < all.size();
    boolean nearest =
        all.subList(0, seqs.size() < all.size() ? seqs.size() : all.size()).equals(seqs)
            || all.subList(Math.max(0, all.size() - seqs.size()), all.size()).equals(seqs);
    if (!seqs.equals(all) && !(fewer && nearest)) {
      throw new Broken("a page of the seqs " + all, "it had " + seqs);
    }
  }

  private static void around(SessionStage stage) throws Broken, InterruptedException {
    if (!postsIfHistory(stage)) {
      return;
    }
    List<Long> seqs = seqs(page(stage, "around", 8, 5));
    long below = seqs.stream().filter(seq -> seq < 8).count();
    long above = seqs.stream().filter(seq -> seq > 8).count();
    boolean dense = seqs.equals(LongStream.rangeClosed(8 - below, 8 + above).boxed().toList());
    if (!dense || below == 0 || above == 0 || seqs.size() > 5) {
      throw new Broken("at most five seqs around 8, on both sides", "it had " + seqs);
    }
  }

  private static void fits(SessionStage stage) throws Broken, InterruptedException {
    Talker alice = stage.alice();
    if (!alice.supports("history", history(stage, "before", 1, 1))) {
      return;
    }
    String longest = "x".repeat(ObjectCases.maxMessageBytes(stage));
    for (int i = 0; i < POSTS; i++) {
      alice.posts(stage.room(), longest);
    }
    walk(stage, "after", 0, 200);
    walk(stage, "before", POSTS + 3, 200);
  }

  private static void walk(SessionStage stage, String side, long from)
      throws Broken, InterruptedException {
    walk(stage, side, from, 4);
  }

  private static void walk(SessionStage stage, String side, long from, int limit)
      throws Broken, InterruptedException {
    List<Long> walked = new ArrayList<>();
    @Nullable Long next = from;
    for (int pages = 0; next != null && pages <= POSTS + 2; pages++) {
      Json page = page(stage, side, next, limit);
      List<Long> seqs = seqs(page);
      walked.addAll(side.equals("before") ? 0 : walked.size(), seqs);
      next = page.has("next") ? Long.valueOf(page.number("next")) : null;
    }
    List<Long> all = LongStream.rangeClosed(1, POSTS + 2).boxed().toList();
    if (!walked.equals(all)) {
      throw new Broken("all seqs from 1 to 14 by next, " + side, "there were " + walked);
    }
  }

  private static void postAll(SessionStage stage, String... texts)
      throws Broken, InterruptedException {
    for (String text : texts) {
      stage.alice().posts(stage.room(), text);
    }
  }

  private static Json search(SessionStage stage, String query, int limit) {
    return Json.of("search").with("room", stage.room()).with("query", query).with("limit", limit);
  }

  private static Json found(Talker talker, Json search, String... expected)
      throws Broken, InterruptedException {
    Json page = talker.asks(search, Json.of("page"));
    List<String> texts = new ArrayList<>();
    for (Json entry : page.objects("messages")) {
      texts.add(entry.text("text"));
    }
    if (search.contains(ALL)) {
      texts.retainAll(List.of(expected)); // a server may find more
    }
    if (!texts.equals(List.of(expected))) {
      throw new Broken("a page of " + List.of(expected), "it received " + page);
    }
    return page;
  }
}
