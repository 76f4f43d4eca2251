package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both jars where there is no locale, as under cron and in bare containers, and where the operating
 * system speaks another language than English.
 *
 * <p>The shell runs each script from a file of UTF-8, so that the locale of the build does not
 * matter.
 */
class LocaleIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  private int scripts;

  @ParameterizedTest
  @MethodSource("io.chatroom.client.jars.JarsIT#javas")
  void wordsAreUtf8WithoutALocale(String java) throws IOException {
    RunningProgram server = programs.server("--port", "0", "--transcript");
    String address = "localhost:" + Programs.port(server);
    RunningProgram listen =
        script(java, "bare $CLIENT listen " + address + " --match 'ü|ç' --count 2 --name müde");
    server.awaitLine("[^ ]+, user: müde");
    RunningProgram send =
        script(
            java,
            """
            bare $CLIENT send $1 --name zoë --message 'grüße 👋'
            bare CHAT_NAME=chloé $CLIENT send $1 --message 'ça va'
            bare $CLIENT send $1 --name x --message "$(printf 'gr\\374n')"
            echo code $?
            """
                .replace("$1", address));

    assertThat(send.awaitExit()).isZero();
    assertThat(send.out()).containsExactly("code 2");
    assertThat(send.err()).containsExactly("argument 6 is \"gr\uFFFDn\", expected UTF-8");
    assertThat(listen.awaitExit()).isZero();
    assertThat(listen.out()).containsExactly("zoë:    grüße 👋", "chloé:    ça va");
    assertThat(server.out()).noneMatch(line -> line.contains("gr\uFFFD"));
  }

  @ParameterizedTest
  @MethodSource("io.chatroom.client.jars.JarsIT#javas")
  void filesAreFoundByTheirNamesWithoutALocale(String java) throws IOException {
    RunningProgram server =
        script(
            java,
            """
            mkdir jürg && cd jürg || exit
            echo '{"host": "127.0.0.1", "port": 0, "tlsSelfSigned": "schlüssel"}' > größe.json
            exec env -i $SERVER --config größe.json
            """);
    String fingerprint =
        server.awaitLine("TLS with the certificate (SHA256:[A-Za-z0-9+/]{43})").group(1);
    String address = "127.0.0.1:" + Programs.port(server);
    RunningProgram client =
        script(
            java,
            """
            test -d jürg/schlüssel || exit
            mkdir -p jürg/.config/chatroom
            echo '$1 $2' > jürg/.config/chatroom/known_servers
            bare HOME="$PWD/jürg" $CLIENT send $1 --tls --name zoë --message hi || exit
            bare $CLIENT conformance $1 --only room.works --junit jürg/ä.xml > /dev/null
            test -f jürg/ä.xml && echo written
            bare $SERVER --config nö.json
            """
                .replace("$1", address)
                .replace("$2", fingerprint));

    assertThat(client.awaitExit()).as("%s", client.err()).isEqualTo(2);
    assertThat(client.out()).containsExactly("written");
    assertThat(client.err())
        .containsExactly("chat-server: --config nö.json: there is no such file");
    assertThat(server.err()).isEmpty();
  }

  /** What is wrong with them is said by their names, as far as from the locale they are. */
  @ParameterizedTest
  @MethodSource("io.chatroom.client.jars.JarsIT#javas")
  void theServerCallsTheFilesOfItsCertificateByTheirNames(String java) throws IOException {
    for (String keys : List.of("one", "two")) {
      Programs.port(
          programs.server(
              "--port", "0", "--host", "127.0.0.1", "--tls-self-signed", "" + dir.resolve(keys)));
    }
    RunningProgram refused =
        script(
            java,
            """
            mkdir jürg
            cp one/self-signed.pem jürg/schön.pem
            sed -n '/PRIVATE KEY/,/PRIVATE KEY/p' two/self-signed.pem > jürg/schlüssel.pem
            : > jürg/größe.pem
            echo '-----BEGIN CERTIFICATE-----ü-----END CERTIFICATE-----' > jürg/böse.pem
            echo '-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----' > jürg/öde.pem
            echo '-----BEGIN ENCRYPTED PRIVATE KEY-----AAAA-----END ENCRYPTED PRIVATE KEY-----' \\
              > jürg/geschützt.pem
            for pair in fehlt:schlüssel größe:schlüssel böse:schlüssel öde:schlüssel schön:größe \\
              schön:geschützt schön:schlüssel; do
              bare $SERVER --port 0 --host 127.0.0.1 \\
                --tls-cert jürg/${pair%:*}.pem --tls-key jürg/${pair#*:}.pem
            done
            bare CHAT_TLS_SELF_SIGNED=jürg/größe.pem $SERVER --port 0 --host 127.0.0.1
            """);

    assertThat(refused.awaitExit()).isEqualTo(1);
    assertThat(refused.err())
        .containsExactly(
            "chat-server: jürg/fehlt.pem cannot be read: no such file or directory",
            "chat-server: jürg/größe.pem holds no whole certificate, expected PEM from -----BEGIN"
                + " CERTIFICATE----- to -----END CERTIFICATE-----",
            "chat-server: jürg/böse.pem holds a CERTIFICATE that is damaged, expected Base64 in it",
            "chat-server: jürg/öde.pem holds a certificate that this Java cannot read, number 1 in"
                + " it: it is damaged, or gives its elliptic curve by numbers instead of by"
                + " name",
            "chat-server: jürg/größe.pem holds no whole key, expected PEM from -----BEGIN PRIVATE"
                + " KEY----- to -----END PRIVATE KEY-----",
            "chat-server: jürg/geschützt.pem holds an encrypted key, expected one without a password:"
                + " convert it with openssl pkey",
            "chat-server: jürg/schlüssel.pem holds no key that belongs to the certificate in"
                + " jürg/schön.pem, expected its EC key",
            "chat-server: jürg/größe.pem is not a directory, expected one for the TLS key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LC_ALL=xx_YY.UTF-8", "LANG=xx_YY", "LC_CTYPE=POSIX"})
  void theLauncherSetsALocaleWhereThereIsNoneOrItIsNotInstalled(String locale) throws IOException {
    String launcher = Path.of("bin/chat-client").toAbsolutePath().toString();
    RunningProgram none =
        script(
            "java",
            "bare %s JDK_JAVA_OPTIONS=-XshowSettings:properties %s --version"
                .formatted(locale, launcher));

    assertThat(none.awaitExit()).isZero();
    assertThat(none.err()).anyMatch(line -> line.matches(" *sun\\.jnu\\.encoding = UTF-8"));
  }

  @Test
  void outcomesDoNotDependOnTheLanguageOfTheSystem() throws IOException {
    RunningProgram.assumeInstalled("localedef");
    RunningProgram.assumeInstalled("unshare");
    boolean translated = Files.exists(Path.of("/usr/share/locale/sv/LC_MESSAGES/libc.mo"));
    assertThat(translated || System.getenv("CI") == null).as("CI has Swedish").isTrue();
    assumeTrue(translated, "skipped: needs the Swedish of the C library");
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1");
    int port = Programs.port(server);
    RunningProgram swedish =
        script(
            QuickJava.OURS,
            """
            localedef -i sv_SE -f UTF-8 "$PWD/sv_SE.UTF-8" || exit
            swedish() { LOCPATH="$PWD" LC_ALL=sv_SE.UTF-8 "$@"; }
            { swedish $CLIENT listen 127.0.0.1:$1 --count 1; echo code $? >&2; } | true &
            swedish $CLIENT --version > /dev/full
            echo code $? >&2
            swedish $SERVER --host 127.0.0.1 --port $1 --transport nio
            swedish $SERVER --host 127.0.0.1 --port $1
            swedish $SERVER --host 192.0.2.1
            swedish unshare --net --map-root-user $CLIENT send --name a --message hi 192.0.2.1:1
            wait
            """
                .replace("$1", "" + port));
    server.awaitLine("[^ ]+, user: msg_screen");
    RunningProgram send = programs.client("send", "127.0.0.1:" + port, "--message", "hi");
    assertThat(send.awaitExit()).isZero();

    assertThat(swedish.awaitExit()).isZero();
    String taken =
        "chat-server: cannot listen on 127.0.0.1:"
            + port
            + ": the port is taken, stop what uses it or choose another with --port";
    assertThat(swedish.err())
        .contains("code 0", "code 1", taken)
        .contains("cannot write the output: enheten är full")
        .contains("no route to 192.0.2.1:1: check the address, and this machine's network")
        .anyMatch(line -> line.endsWith("expected one of its own or 0.0.0.0 for all"))
        .hasSize(7);
  }

  @Test
  void aClosedInputIsNoText() throws IOException {
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1");
    String address = "127.0.0.1:" + Programs.port(server);
    RunningProgram send = script(QuickJava.OURS, "$CLIENT send " + address + " --name a <&-");

    assertThat(send.awaitExit()).isEqualTo(1);
    assertThat(send.err()).containsExactly("cannot read the input: it is closed");
  }

  /** Runs a script in the directory, with the jars on some Java, and {@code bare} for no locale. */
  private RunningProgram script(String java, String text) throws IOException {
    String before =
        """
        CLIENT='%s'
        SERVER='%s'
        bare() { env -i PATH="$PATH" "$@"; }
        cd '%s' || exit
        """
            .formatted(
                String.join(" ", QuickJava.command(java, Programs.CLIENT_JAR)),
                String.join(" ", QuickJava.command(java, Programs.SERVER_JAR)),
                dir);
    Path script = Files.writeString(dir.resolve("script" + scripts++), before + text);
    return programs.start(RunningProgram.start("sh", script.toString()));
  }
}
