package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {

  @TempDir Path dir;

  @Test
  void hasDefaultsIfThereIsNoFile() throws IOException {
    assertThat(new SettingsFile(dir.resolve("none")).read())
        .isEqualTo(new Settings(null, false, null, Bell.MENTION, true));
  }

  @Test
  void writesIntoANewDirectory() throws IOException {
    SettingsFile file = new SettingsFile(dir.resolve("a/b/client.json"));
    Settings settings =
        new Settings(ServerAddress.parse("[::1]:4000"), true, "ali\"ce\u001b", Bell.ALL, false);
    file.change(now -> Settings.DEFAULT);
    file.change(now -> settings);

    assertThat(file.read()).isEqualTo(settings);
    assertThat(dir.resolve("a/b")).isDirectoryNotContaining("glob:**.new");
    assertThat(Files.getPosixFilePermissions(dir.resolve("a/b/client.json"))).hasSize(2);
  }

  @Test
  void leavesTheDraftOfAnotherWindowAlone() throws IOException {
    Path draft = Files.writeString(dir.resolve("client.json.new"), "half of th");
    new SettingsFile(dir.resolve("client.json")).change(now -> Settings.DEFAULT);

    assertThat(draft).hasContent("half of th");
    assertThat(dir).isDirectoryContaining("glob:**/client.json");
  }

  @Test
  void writesThroughALink() throws IOException {
    Path kept = Files.writeString(dir.resolve("kept"), "{}");
    Path link = Files.createSymbolicLink(dir.resolve("client.json"), kept);
    new SettingsFile(link).change(now -> now.withName("alice"));

    assertThat(link).isSymbolicLink();
    assertThat(new SettingsFile(kept).read().name()).isEqualTo("alice");
  }

  @Test
  void readsAHandwrittenFile() throws IOException {
    Path file = Files.writeString(dir.resolve("c"), "{\"bell\": \"off\",\n \"server\": \"h\"}\n");

    assertThat(new SettingsFile(file).read())
        .isEqualTo(new Settings(new ServerAddress("h", 3306), false, null, Bell.OFF, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"nmae\": \"a\"}|\"nmae\" is not a setting, expected server, tls, name, bell or color",
        "{\"name\": 7}|name is 7, expected a string",
        "{\"color\": \"yes\"}|color is yes, expected true or false",
        "{\"bell\": \"loud\"}|bell is \"loud\", expected off or mention or all",
        "{\"server\": \"a:b\"}|\"a:b\" is not a server address, expected HOST or HOST:PORT with a port from 1 to 65535",
        "{\"name\": \"a\", \"name\": \"b\"}|\"name\" is set twice, expected once",
        "{} {}|expected nothing after the object",
        "[]|expected a JSON object",
        "``|expected a JSON object",
      })
  void reportsMistakesInOneSentence(String json, String sentence) throws IOException {
    Path file = Files.writeString(dir.resolve("c"), json);

    assertThatThrownBy(() -> new SettingsFile(file).read()).hasMessage(file + ": " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{name: x}|1:2: this is not JSON",
        "`{\n  \"name\": 'x'}`|2:11: this is not JSON",
        "{\"name\": \"x|1:12: the file ends too early",
        "{\"name\": tru}|1:10: this is not JSON",
      })
  void reportsWhereItIsNotJson(String json, String sentence) throws IOException {
    Path file = Files.writeString(dir.resolve("c"), json);

    assertThatThrownBy(() -> new SettingsFile(file).read())
        .isInstanceOf(IOException.class)
        .hasMessage(file + ":" + sentence + ", expected an object like {\"name\": \"alice\"}");
  }

  @Test
  void readsAFileWrittenByNotepad() throws IOException {
    Path file = Files.writeString(dir.resolve("c"), "\uFEFF{\r\n\"name\": \"a\"\r\n}\r\n");

    assertThat(new SettingsFile(file).read().name()).isEqualTo("a");
  }

  @Test
  void keepsTheChangesOfAnotherWindow() throws IOException {
    SettingsFile file = new SettingsFile(dir.resolve("c"));
    SettingsFile another = new SettingsFile(dir.resolve("c"));
    file.read();
    another.change(now -> now.withTls(true));
    file.change(now -> now.withName("alice"));

    assertThat(another.read()).isEqualTo(Settings.DEFAULT.withTls(true).withName("alice"));
  }

  @Test
  void anEmptyDeviceHasDefaultsAndForgets() throws IOException {
    SettingsFile nowhere = new SettingsFile(Path.of("/dev/null"));
    nowhere.change(now -> now.withName("alice"));

    assertThat(nowhere.read()).isEqualTo(Settings.DEFAULT);
  }

  @Test
  void reportsThatSomethingIsTooLong() throws IOException {
    Path file = Files.writeString(dir.resolve("c"), "{\"server\": " + "1".repeat(2000) + "}");

    assertThatThrownBy(() -> new SettingsFile(file).read())
        .isInstanceOf(IOException.class)
        .hasMessage(
            file + ": something in it is too long, expected an object like {\"name\": \"alice\"}");
  }

  @Test
  void reportsThatItCannotWrite() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");

    assertThatThrownBy(() -> new SettingsFile(file.resolve("c")).change(now -> Settings.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot remember the settings in ")
        .hasMessageEndingWith(": the file exists already"); // why, and not only which file
  }
}
