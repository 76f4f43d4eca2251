package io.chatroom.server.data;

import io.chatroom.server.log.store.StoreImport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;

/** Stores the output of export. */
@Command(
    name = "import",
    description =
        "Reads lines of JSON as export prints them, and puts the messages behind what rooms keep."
            + " Those that are there already are left out. No server may run.")
final class ImportCommand extends DataCommand {

  private final InputStream in = System.in;

  @Override
  public Integer call() throws IOException {
    long number = 0;
    try (StoreImport store = StoreImport.into(directory());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          store.add(MessageJson.read(line, number));
        }
      }
      store.finish();
      out().printf("%d messages, %d were there already%n", store.added(), store.left());
    }
    return 0;
  }

  @Override
  String withStore() {
    return "nothing is imported into a database; import into a new directory, and bring that into"
        + " an empty database with chat-server copy";
  }
}
