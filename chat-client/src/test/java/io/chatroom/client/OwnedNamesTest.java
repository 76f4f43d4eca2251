package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedNamesTest {

  private static final ServerAddress HERE = ServerAddress.parse("Chat.example.org:3306");
  private static final ServerAddress THERE = ServerAddress.parse("chat.example.org:3307");

  @TempDir Path dir;
  private OwnedNames names = new OwnedNames(Path.of("unused"));

  @BeforeEach
  void inADirectoryThatIsNotThereYet() {
    names = new OwnedNames(dir.resolve("new").resolve("tokens"));
  }

  @Test
  void keepsOneTokenForANameOnAServer() throws Exception {
    names.keep(HERE, "Alice Ä\n", "first");
    names.keep(ServerAddress.parse("chat.EXAMPLE.org:3306"), "ALICE ä\n", "se cond\n#");
    names.keep(HERE, "bob", "third");

    assertThat(names.token(HERE, "alice ä\n")).isEqualTo("se cond\n#");
    assertThat(names.on(HERE)).containsExactly("ALICE ä\n", "bob");
    assertThat(names.has(THERE, "bob")).isFalse();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(names.file())))
        .isEqualTo("rw-------");
  }

  @Test
  void asksOnce() throws Exception {
    assertThat(names.isToBeAsked(HERE, "alice")).isTrue();
    assertThat(names.isToBeAsked(HERE, "Alice")).isFalse();
    assertThat(names.isToBeAsked(THERE, "alice")).isTrue();
  }

  @Test
  void sendsNoSecretInTheClearToAServerThatHadTls() throws Exception {
    names.checkMaySend(HERE, false, "the key");
    names.rememberTls(HERE);
    names.checkMaySend(HERE, true, "the key");
    names.checkMaySend(THERE, false, "the key");
    assertThatThrownBy(() -> names.checkMaySend(HERE, false, "the key"))
        .isInstanceOf(ChatException.class)
        .hasMessageStartingWith(
            "Chat.example.org:3306 was reached with TLS before, so the key does not go there"
                + " without: connect with TLS (--tls)");
  }

  @Test
  void reportsABadLineWithoutTheSecretInIt() throws Exception {
    Files.createDirectories(names.file().getParent());
    Files.writeString(
        names.file(), "# a remark\nlater words of a newer version\ntoken a:1 %zz s3cret\n");
    assertThatThrownBy(() -> names.on(HERE))
        .hasMessageContaining("has a line that begins with token")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void leavesOtherLinesAsTheyAre() throws Exception {
    Files.createDirectories(names.file().getParent());
    Files.writeString(names.file(), "# mine\nlater words\n");
    names.keep(HERE, "bob", "t");
    assertThat(Files.readString(names.file()))
        .isEqualTo("# mine\nlater words\ntoken chat.example.org:3306 bob t\n");
  }
}
