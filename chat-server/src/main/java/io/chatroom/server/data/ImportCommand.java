package io.chatroom.server.data;

import io.chatroom.server.log.sql.StoreCount;
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
        "Reads lines of JSON as printed by export and appends the messages to their rooms. Skips"
            + " messages that are there already. No server may be running.")
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
      out()
          .printf(
              "imported %s; %d were there already%n",
              StoreCount.number(store.added(), "message"), store.left());
    }
    return 0;
  }

  @Override
  String withStore() {
    return "import cannot write to a database; import into a new directory, then use chat-server copy"
        + " to bring that into an empty database";
  }
}
