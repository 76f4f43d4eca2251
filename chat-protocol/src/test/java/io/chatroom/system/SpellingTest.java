package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  private static final List<String> KNOWN =
      List.of("-h", "--name", "send", "listen", "name", "conformance", "CHAT_MAX_NAME_BYTES");

  @ParameterizedTest
  @CsvSource({
    "send, send",
    "sedn, send", // swapped
    "snd, send", // missing
    "sennd, send", // too many
    "lsiten, listen",
    "lsten, listen",
    "Listne, listen",
    "--nmae, --name",
    "conforrmanse, conformance",
    "chat_max_nam_bite, CHAT_MAX_NAME_BYTES",
    "sand, send", // another
    "-h, -h",
    "-x,", // each one-letter option would be one edit away
    "mane,", // two edits, of four letters
    "frob,",
    "localhost,",
    "'',",
  })
  void findsTheWordThatWasMeant(String word, String meant) {
    assertThat(Spelling.nearest(word, KNOWN)).isEqualTo(meant);
  }
}
