package io.chatroom.client.terminal;

import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.Verb;
import java.util.Arrays;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Offers commands, names and rooms for Tab. */
final class LineCompleter implements Completer {

  private final Completion completion;

  LineCompleter(Completion completion) {
    this.completion = completion;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    if (line.wordIndex() == 0 && word.startsWith("/")) {
      Arrays.stream(Verb.values())
          .map(
              verb ->
                  new Candidate(verb.word(), verb.word(), null, verb.purpose(), null, null, true))
          .forEach(candidates::add);
      return;
    }
    String before = line.wordIndex() == 1 ? line.words().get(0) : "";
    for (String name : completion.words(before.startsWith("/") ? before : "")) {
      // A name that cannot be typed as it is shown is useless.
      if (name.isBlank() || !name.equals(Shown.name(name))) {
        continue;
      }
      if (name.chars().noneMatch(Character::isWhitespace)) {
        candidates.add(new Candidate(name));
      } else if (Completion.takesQuotes(before) && name.indexOf('"') < 0) {
        candidates.add(new Candidate('"' + name + '"'));
      }
    }
  }
}
